-- Stores what became of the rows of a piece, under its latest lease and once.
--
-- Parameters: $1 batch_id, $2 number, $3 lease, $4 the stage before, $5 results, $6 done, $7 already_done, $8 refused,
--   $9 not_tried.
UPDATE client_batch_piece SET stage = $4 + 1, leased_until = NULL, begun_at = NULL, results = $5, done = $6, already_done = $7,
    refused = $8, not_tried = $9
WHERE batch_id = $1 AND number = $2 AND lease = $3 AND stage = $4 RETURNING 1;
