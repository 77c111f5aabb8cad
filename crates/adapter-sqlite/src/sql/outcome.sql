-- Reads the outcome of a request.
SELECT fingerprint, message, data, version, at, attempt, client_key FROM client_idempotency
WHERE actor = :actor AND command = :command AND request_key = :request_key;
