-- Discards a dead letter.
UPDATE client_outbox SET discarded_at = :at, buried_at = NULL, lease = lease + 1
WHERE event_id = :event_id AND buried_at IS NOT NULL;
