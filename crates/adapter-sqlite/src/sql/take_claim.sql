-- Takes a claim. A claim that the client has already stays, and becomes exclusive if it is now taken so.
INSERT INTO client_claim (kind, digest, client_key, exclusive) VALUES (:kind, :digest, :client_key, :exclusive)
ON CONFLICT (kind, digest, client_key) DO UPDATE SET exclusive = max(exclusive, excluded.exclusive);
