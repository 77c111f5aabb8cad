-- Reads a page of batches, newest first. A null uploader is all of them; a null time is the first page.
SELECT details FROM client_batch
WHERE (:uploader IS NULL OR uploader = :uploader)
    AND (:announced_at IS NULL OR (announced_at, batch_id) < (:announced_at, :batch_id))
ORDER BY announced_at DESC, batch_id DESC LIMIT :limit;
