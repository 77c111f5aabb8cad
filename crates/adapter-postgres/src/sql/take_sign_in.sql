-- Takes an attempt to sign in: it is returned once and is gone.
--
-- Parameters: $1 attempt_id, $2 now.
DELETE FROM client_sign_in WHERE attempt_id = $1 AND ends_at > $2 RETURNING data, ends_at;
