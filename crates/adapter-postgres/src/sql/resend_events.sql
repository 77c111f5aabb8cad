-- Makes dead letters free again: one, those of a client, or all.
--
-- Parameters: $1 event_id, or null, $2 client_key, or null.
UPDATE client_outbox SET buried_at = NULL, leased_until = NULL, failures = 0, lease = lease + 1
WHERE buried_at IS NOT NULL
    AND ($1::text IS NULL OR event_id = $1) AND ($2::text IS NULL OR client_key = $2);
