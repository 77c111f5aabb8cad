-- Records what became of events. A delivery counts under any lease; everything else counts under the lease of its
-- event, and ends it, so that no lease of a dead letter remains.
--
-- Parameters: $1 event_ids, $2 leases, $3 verdicts, $4 moments, $5 causes of failures, or null,
--   $6 HTTP statuses, or null.
UPDATE client_outbox o SET
    delivered_at = CASE s.verdict WHEN 'delivered' THEN s.moment END,
    leased_until = CASE s.verdict WHEN 'postponed' THEN s.moment END,
    buried_at = CASE s.verdict WHEN 'buried' THEN s.moment END,
    failures = o.failures + (s.cause IS NOT NULL)::integer,
    cause = coalesce(s.cause, o.cause),
    status = CASE WHEN s.cause IS NULL THEN o.status ELSE s.status END,
    lease = o.lease + 1
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::smallint[])
    s (event_id, lease, verdict, moment, cause, status)
WHERE o.event_id = s.event_id AND o.delivered_at IS NULL AND o.discarded_at IS NULL
    AND (s.verdict = 'delivered' OR o.lease = s.lease);
