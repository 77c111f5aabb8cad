-- Writes the outcome of a request.
INSERT INTO client_idempotency (
    actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key
) VALUES (
    :actor, :command, :request_key, :fingerprint, :message, :data, :version, :at, :attempt, :client_key
);
