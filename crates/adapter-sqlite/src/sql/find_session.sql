-- Reads a session that is open.
SELECT * FROM client_session WHERE session_id = :session_id AND ends_at > :now AND last_seen >= :idle_since;
