-- Reads the first open events of a client, in their order, and whether each is free: no dead letter, and not leased.
SELECT client_key, version, event_id, buried_at IS NULL AND coalesce(leased_until <= :now, true) AS free
FROM client_outbox
WHERE client_key = :client_key AND delivered_at IS NULL AND discarded_at IS NULL
ORDER BY version, event_id LIMIT :limit;
