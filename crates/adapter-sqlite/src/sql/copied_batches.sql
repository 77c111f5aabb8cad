-- Reads the next batches in the order of their key, for a copy.
SELECT details FROM client_batch WHERE batch_id > :batch_id ORDER BY batch_id LIMIT :limit;
