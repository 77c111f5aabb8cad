-- Deletes attempts to sign in whose time is over, a limited number.
--
-- Parameters: $1 now, $2 limit.
DELETE FROM client_sign_in WHERE attempt_id IN (
    SELECT attempt_id FROM client_sign_in WHERE ends_at <= $1 LIMIT $2
);
