-- Ends a session.
--
-- Parameters: $1 session_id.
DELETE FROM client_session WHERE session_id = $1;
