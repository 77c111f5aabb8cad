-- Reads pieces of a batch of which a row was refused, in the order of their numbers.
--
-- Parameters: $1 batch_id, $2 the first number, $3 limit.
SELECT number, first_row, row_count, content, stage, results, done, already_done, refused, not_tried FROM client_batch_piece
WHERE batch_id = $1 AND number >= $2 AND refused > 0 ORDER BY number LIMIT $3;
