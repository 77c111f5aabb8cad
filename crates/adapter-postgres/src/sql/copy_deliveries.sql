-- Writes what waits for the receivers of a copy.
--
-- Parameters, one array a column: $1 client_key, $2 version, $3 event_id, $4 receiver, $5 at, $6 leased_until, $7 lease,
--   $8 failures, $9 cause, $10 status, $11 buried_at, $12 discarded_at.
INSERT INTO client_delivery (
    client_key, version, event_id, receiver, at, leased_until, lease, failures, cause, status, buried_at, discarded_at
)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::integer[],
    $9::text[], $10::smallint[], $11::timestamptz[], $12::timestamptz[]
);
