-- Deletes attempts to sign in whose time is over, a limited number.
DELETE FROM client_sign_in WHERE attempt_id IN (
    SELECT attempt_id FROM client_sign_in WHERE ends_at <= :now LIMIT :limit
);
