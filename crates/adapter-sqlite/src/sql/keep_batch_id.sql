-- Keeps the id of a batch that is about to be deleted, if a row of it was executed.
INSERT INTO client_deleted_batch (batch_id, ended_at)
SELECT batch_id, ended_at FROM client_batch
WHERE batch_id = :batch_id AND ended_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM client_batch_piece WHERE batch_id = :batch_id AND stage = 2)
ON CONFLICT (batch_id) DO NOTHING;
