-- Records what became of events of one receiver, as settle_events does for the default one. A delivered event does not wait
-- for the receiver any more, so its row is deleted.
--
-- Parameters: $1 event_ids, $2 leases, $3 verdicts, $4 moments, $5 causes of failures, or null,
--   $6 HTTP statuses, or null, $7 receiver.
WITH settled AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::smallint[])
        s (event_id, lease, verdict, moment, cause, status)
), delivered AS (
    DELETE FROM client_delivery d USING settled s
    WHERE d.event_id = s.event_id AND d.receiver = $7 AND d.discarded_at IS NULL AND s.verdict = 'delivered'
)
UPDATE client_delivery d SET
    leased_until = CASE s.verdict WHEN 'postponed' THEN s.moment END,
    buried_at = CASE s.verdict WHEN 'buried' THEN s.moment END,
    failures = d.failures + (s.cause IS NOT NULL)::integer,
    cause = coalesce(s.cause, d.cause),
    status = CASE WHEN s.cause IS NULL THEN d.status ELSE s.status END,
    lease = d.lease + 1
FROM settled s
WHERE d.event_id = s.event_id AND d.receiver = $7 AND d.discarded_at IS NULL AND s.verdict <> 'delivered'
    AND d.lease = s.lease;
