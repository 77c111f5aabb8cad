-- Reads pieces of a batch of which a row was refused, in the order of their numbers.
SELECT number, first_row, row_count, content, stage, results, done, already_done, refused, not_tried FROM client_batch_piece
WHERE batch_id = :batch_id AND number >= :from AND refused > 0 ORDER BY number LIMIT :limit;
