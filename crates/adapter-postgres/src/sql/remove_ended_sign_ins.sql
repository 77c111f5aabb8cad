-- Deletes attempts to sign in whose time is over, a limited number. Instances of the release before store them; this one keeps
-- them in the cookie of the browser, and a later one drops the table.
--
-- Parameters: $1 now, $2 limit.
DELETE FROM client_sign_in WHERE attempt_id IN (
    SELECT attempt_id FROM client_sign_in WHERE ends_at <= $1 LIMIT $2
);
