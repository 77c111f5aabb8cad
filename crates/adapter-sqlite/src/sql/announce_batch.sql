-- Stores a batch, unless one has its id, had it until it was deleted, or so many batches of its uploader have not ended.
INSERT INTO client_batch (batch_id, uploader, state, version, upload, announced_at, ended_at, details)
SELECT :batch_id, :uploader, :state, :version, :upload, :announced_at, :ended_at, :details
WHERE NOT EXISTS (SELECT 1 FROM client_deleted_batch WHERE batch_id = :batch_id)
    AND (SELECT count(*) FROM client_batch WHERE uploader = :uploader AND ended_at IS NULL) < :max_open
ON CONFLICT (batch_id) DO NOTHING;
