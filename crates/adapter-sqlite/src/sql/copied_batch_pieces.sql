-- Reads the next pieces of batches in the order of their key, for a copy.
SELECT batch_id, number, first_row, row_count, content, stage, results, done, already_done, refused, not_tried, leased_until,
    lease, begun_at
FROM client_batch_piece WHERE (batch_id, number) > (:batch_id, :number) ORDER BY batch_id, number LIMIT :limit;
