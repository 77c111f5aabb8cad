-- Whether a batch was deleted whose rows were executed.
SELECT 1 FROM client_deleted_batch WHERE batch_id = :batch_id;
