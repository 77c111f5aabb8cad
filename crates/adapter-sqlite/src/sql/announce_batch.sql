-- Stores a batch, unless one has its id.
INSERT INTO client_batch (batch_id, uploader, state, version, upload, announced_at, ended_at, details)
VALUES (:batch_id, :uploader, :state, :version, :upload, :announced_at, :ended_at, :details)
ON CONFLICT (batch_id) DO NOTHING;
