-- Discards a dead letter.
--
-- Parameters: $1 event_id, $2 discarded_at.
UPDATE client_outbox SET discarded_at = $2, buried_at = NULL, lease = lease + 1
WHERE event_id = $1 AND buried_at IS NOT NULL;
