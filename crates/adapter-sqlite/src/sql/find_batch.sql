-- Reads a batch.
SELECT details FROM client_batch WHERE batch_id = :batch_id;
