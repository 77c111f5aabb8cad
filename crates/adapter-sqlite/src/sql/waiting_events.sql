-- Reads the first events of a client that wait for a receiver, in their order, and whether each is free: no dead letter, and
-- not leased.
SELECT client_key, version, event_id, buried_at IS NULL AND coalesce(leased_until <= :now, true) AS free
FROM client_delivery
WHERE receiver = :receiver AND client_key = :client_key AND discarded_at IS NULL
ORDER BY version, event_id LIMIT :limit;
