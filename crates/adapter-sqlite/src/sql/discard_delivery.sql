-- Discards a dead letter of a receiver.
UPDATE client_delivery SET discarded_at = :at, buried_at = NULL, lease = lease + 1
WHERE event_id = :event_id AND receiver = :receiver AND buried_at IS NOT NULL;
