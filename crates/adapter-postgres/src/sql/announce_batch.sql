-- Stores a batch, unless one has its id, had it until it was deleted, or so many batches of its uploader have not ended.
--
-- Parameters: $1 batch_id, $2 uploader, $3 state, $4 version, $5 upload, $6 announced_at, $7 ended_at, $8 details,
--   $9 how many.
INSERT INTO client_batch (batch_id, uploader, state, version, upload, announced_at, ended_at, details)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE NOT EXISTS (SELECT 1 FROM client_deleted_batch WHERE batch_id = $1)
    AND (SELECT count(*) FROM client_batch WHERE uploader = $2 AND ended_at IS NULL) < $9
ON CONFLICT ON CONSTRAINT client_batch_pkey DO NOTHING;
