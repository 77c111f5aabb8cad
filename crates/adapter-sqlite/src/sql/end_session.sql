-- Ends a session.
DELETE FROM client_session WHERE session_id = :session_id;
