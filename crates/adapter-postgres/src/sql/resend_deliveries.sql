-- Makes dead letters of one receiver free again: one, those of a client, or all.
--
-- Parameters: $1 event_id, or null, $2 client_key, or null, $3 receiver.
UPDATE client_delivery SET buried_at = NULL, leased_until = NULL, failures = 0, lease = lease + 1
WHERE buried_at IS NOT NULL AND receiver = $3
    AND ($1::text IS NULL OR event_id = $1) AND ($2::text IS NULL OR client_key = $2);
