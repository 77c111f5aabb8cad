-- Adds a piece to a batch.
INSERT INTO client_batch_piece (batch_id, number, first_row, row_count, stage, lease, content)
VALUES (:batch_id, :number, :first_row, :row_count, 0, 0, :content)
ON CONFLICT (batch_id, number) DO NOTHING;
