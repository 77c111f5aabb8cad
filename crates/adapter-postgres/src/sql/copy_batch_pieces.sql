-- Writes pieces of batches of a copy.
--
-- Parameters, one array a column: $1 batch_id, $2 number, $3 first_row, $4 row_count, $5 stage, $6 leased_until, $7 lease,
--   $8 begun_at, $9 done, $10 already_done, $11 refused, $12 not_tried, $13 results, $14 content.
INSERT INTO client_batch_piece (
    batch_id, number, first_row, row_count, stage, leased_until, lease, begun_at, done, already_done, refused, not_tried,
    results, content
)
SELECT * FROM unnest(
    $1::text[], $2::integer[], $3::bigint[], $4::integer[], $5::smallint[], $6::timestamptz[], $7::bigint[],
    $8::timestamptz[], $9::integer[], $10::integer[], $11::integer[], $12::integer[], $13::text[], $14::bytea[]
);
