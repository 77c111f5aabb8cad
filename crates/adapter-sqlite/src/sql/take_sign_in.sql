-- Takes an attempt to sign in: it is returned once and is gone.
DELETE FROM client_sign_in WHERE attempt_id = :attempt_id AND ends_at > :now RETURNING data, ends_at;
