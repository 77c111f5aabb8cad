-- Deletes outcomes from before a moment, a few at a time.
DELETE FROM client_idempotency WHERE (actor, command, request_key) IN (
    SELECT actor, command, request_key FROM client_idempotency WHERE at < :before ORDER BY at LIMIT :limit
);
