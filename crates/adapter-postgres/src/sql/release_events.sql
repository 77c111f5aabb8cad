-- Ends leases: the events are free from a moment on.
--
-- Parameters: $1 event_ids, $2 leases, $3 moment.
UPDATE client_outbox o SET leased_until = $3, lease = o.lease + 1
FROM unnest($1::text[], $2::bigint[]) s (event_id, lease)
WHERE o.event_id = s.event_id AND o.delivered_at IS NULL AND o.discarded_at IS NULL AND o.lease = s.lease;
