-- Reads batches that wait for a file, a check or a person and were announced before a time, oldest first, after a place.
--
-- Parameters: $1 the time, $2 announced_at of the place, or null for the beginning, $3 its batch_id, $4 limit.
SELECT details FROM client_batch
WHERE state IN ('announced', 'received', 'checked', 'paused') AND announced_at < $1
    AND ($2::timestamptz IS NULL OR (announced_at, batch_id) > ($2, $3::text))
ORDER BY announced_at, batch_id LIMIT $4;
