-- Writes batches of a copy, without their pieces.
--
-- Parameters, one array a column: $1 batch_id, $2 uploader, $3 state, $4 version, $5 upload, $6 announced_at, $7 ended_at,
--   $8 details.
INSERT INTO client_batch (batch_id, uploader, state, version, upload, announced_at, ended_at, details)
SELECT * FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[]
);
