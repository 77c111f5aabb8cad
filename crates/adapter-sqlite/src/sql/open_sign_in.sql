-- Records an attempt to sign in. One whose id is there already stays as it is.
INSERT INTO client_sign_in (attempt_id, data, ends_at) VALUES (:attempt_id, :data, :ends_at)
ON CONFLICT (attempt_id) DO NOTHING;
