-- Deletes the pieces of a batch.
DELETE FROM client_batch_piece WHERE batch_id = :batch_id;
