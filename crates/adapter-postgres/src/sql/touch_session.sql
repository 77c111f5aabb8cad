-- Records that the person of an open session was seen. The record never goes back.
--
-- Parameters: $1 session_id, $2 now, $3 idle since.
UPDATE client_session SET last_seen = greatest(last_seen, $2)
WHERE session_id = $1 AND ends_at > $2 AND last_seen >= $3;
