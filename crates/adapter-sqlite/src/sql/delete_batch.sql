-- Deletes a batch.
DELETE FROM client_batch WHERE batch_id = :batch_id;
