-- Reads a page of batches, newest first.
--
-- Parameters: $1 the uploader, or null for all, $2 announced_at of the last one before the page, or null, $3 its batch_id, $4 limit.
SELECT details FROM client_batch
WHERE ($1::text IS NULL OR uploader = $1) AND ($2::timestamptz IS NULL OR (announced_at, batch_id) < ($2, $3::text))
ORDER BY announced_at DESC, batch_id DESC LIMIT $4;
