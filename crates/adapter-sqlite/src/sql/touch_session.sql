-- Records that the person of an open session was seen. The record never goes back.
UPDATE client_session SET last_seen = max(last_seen, :now)
WHERE session_id = :session_id AND ends_at > :now AND last_seen >= :idle_since;
