-- Deletes sessions that have ended, a limited number.
DELETE FROM client_session WHERE session_id IN (
    SELECT session_id FROM client_session WHERE ends_at <= :now OR last_seen < :idle_since LIMIT :limit
);
