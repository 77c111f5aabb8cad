-- Reads the batches for which the service has something to do, oldest first.
SELECT details FROM client_batch WHERE state IN ('received', 'confirmed', 'running', 'stopping')
ORDER BY announced_at, batch_id LIMIT :limit;
