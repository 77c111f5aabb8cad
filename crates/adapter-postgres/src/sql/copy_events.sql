-- Writes events of a copy with their deliveries so far.
--
-- Parameters, one array a column: $1 event_id, $2 event, $3 client_key, $4 version, $5 at, $6 data, $7 leased_until,
--   $8 lease, $9 failures, $10 cause, $11 status, $12 delivered_at, $13 buried_at, $14 discarded_at.
INSERT INTO client_outbox (
    event_id, event, client_key, version, at, data, leased_until, lease, failures, cause, status, delivered_at, buried_at,
    discarded_at
)
SELECT
    e.event_id, e.event, e.client_key, e.version, e.at, e.data::json, e.leased_until, e.lease, e.failures, e.cause,
    e.status, e.delivered_at, e.buried_at, e.discarded_at
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $7::timestamptz[], $8::bigint[],
    $9::integer[], $10::text[], $11::smallint[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[]
) e (
    event_id, event, client_key, version, at, data, leased_until, lease, failures, cause, status, delivered_at,
    buried_at, discarded_at
);
