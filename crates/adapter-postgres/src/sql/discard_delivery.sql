-- Discards a dead letter of one receiver.
--
-- Parameters: $1 event_id, $2 discarded_at, $3 receiver.
UPDATE client_delivery SET discarded_at = $2, buried_at = NULL, lease = lease + 1
WHERE event_id = $1 AND receiver = $3 AND buried_at IS NOT NULL;
