-- Reads the next claims in the order of their key, for a copy. Nothing is less than an empty key.
SELECT kind, digest, client_key, exclusive FROM client_claim
WHERE (kind, digest, client_key) > (:kind, :digest, :client_key)
ORDER BY kind, digest, client_key LIMIT :limit;
