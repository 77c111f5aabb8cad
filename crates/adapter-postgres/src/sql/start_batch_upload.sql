-- Replaces a batch that is still at the version that was read and waits for its file. Its pieces are deleted by the next
-- statement: this one has waited for a piece that was being added, and does not see it.
--
-- A batch may have been announced again while it was being deleted: the announcement did not see that its id is kept.
--
-- Parameters: $1 batch_id, $2 the version that was read, $3 version, $4 upload, $5 details.
UPDATE client_batch SET version = $3, upload = $4, details = $5
WHERE batch_id = $1 AND version = $2 AND state = 'announced'
    AND NOT EXISTS (SELECT 1 FROM client_deleted_batch WHERE batch_id = $1)
RETURNING 1;
