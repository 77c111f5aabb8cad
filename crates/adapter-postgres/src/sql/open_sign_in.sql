-- Records an attempt to sign in. One whose id is there already stays as it is.
--
-- Parameters: $1 attempt_id, $2 data, $3 ends_at.
INSERT INTO client_sign_in (attempt_id, data, ends_at) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT client_sign_in_pkey DO NOTHING;
