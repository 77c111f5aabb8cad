-- Replaces a batch that is still at the version that was read and waits for its file, and deletes its pieces.
--
-- Parameters: $1 batch_id, $2 the version that was read, $3 version, $4 upload, $5 details.
WITH begun AS (
    UPDATE client_batch SET version = $3, upload = $4, details = $5
    WHERE batch_id = $1 AND version = $2 AND state = 'announced' RETURNING batch_id
), deleted AS (
    DELETE FROM client_batch_piece p USING begun b WHERE p.batch_id = b.batch_id
)
SELECT 1 FROM begun;
