-- Deletes sessions that have ended, a limited number.
--
-- Parameters: $1 now, $2 idle since, $3 limit.
-- The condition is repeated outside: a session that was touched since has not ended.
DELETE FROM client_session WHERE (ends_at <= $1 OR last_seen < $2) AND session_id IN (
    SELECT session_id FROM client_session WHERE ends_at <= $1 OR last_seen < $2 LIMIT $3
);
