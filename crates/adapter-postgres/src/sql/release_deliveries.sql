-- Ends leases of one receiver: the events are free from a moment on.
--
-- Parameters: $1 event_ids, $2 leases, $3 moment, $4 receiver.
UPDATE client_delivery d SET leased_until = $3, lease = d.lease + 1
FROM unnest($1::text[], $2::bigint[]) s (event_id, lease)
WHERE d.event_id = s.event_id AND d.receiver = $4 AND d.discarded_at IS NULL AND d.lease = s.lease;
