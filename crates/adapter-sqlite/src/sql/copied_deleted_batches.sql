-- Reads the next ids of deleted batches in the order of their key, for a copy.
SELECT batch_id, ended_at FROM client_deleted_batch WHERE batch_id > :batch_id ORDER BY batch_id LIMIT :limit;
