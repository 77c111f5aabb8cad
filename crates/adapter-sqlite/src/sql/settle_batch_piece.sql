-- Stores what became of the rows of a piece, under its latest lease and once.
UPDATE client_batch_piece SET stage = stage + 1, leased_until = NULL, begun_at = NULL, results = :results, done = :done,
    already_done = :already_done, refused = :refused, not_tried = :not_tried
WHERE batch_id = :batch_id AND number = :number AND lease = :lease AND stage = :stage;
