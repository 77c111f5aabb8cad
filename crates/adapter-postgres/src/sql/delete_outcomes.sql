-- Deletes outcomes from before a moment, a few at a time.
--
-- Parameters: $1 moment, $2 limit.
DELETE FROM client_idempotency o USING (
    SELECT actor, command, request_key FROM client_idempotency WHERE at < $1
    ORDER BY at LIMIT $2
) old
WHERE o.actor = old.actor AND o.command = old.command AND o.request_key = old.request_key;
