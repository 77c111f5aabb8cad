-- Reads the next outcomes in the order of their key, for a copy.
SELECT actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key
FROM client_idempotency WHERE (actor, command, request_key) > (:actor, :command, :request_key)
ORDER BY actor, command, request_key LIMIT :limit;
