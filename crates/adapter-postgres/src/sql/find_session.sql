-- Reads a session that is open.
--
-- Parameters: $1 session_id, $2 now, $3 idle since.
SELECT * FROM client_session WHERE session_id = $1 AND ends_at > $2 AND last_seen >= $3;
