-- Reads batches that wait for a file, a check or a person and were announced before a time, oldest first, after a place. A null
-- time of the place is the beginning.
SELECT details FROM client_batch
WHERE state IN ('announced', 'received', 'checked', 'paused') AND announced_at < :before
    AND (:announced_at IS NULL OR (announced_at, batch_id) > (:announced_at, :batch_id))
ORDER BY announced_at, batch_id LIMIT :limit;
