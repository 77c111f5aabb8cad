-- Replaces a batch that is still at the version that was read.
UPDATE client_batch SET state = :state, version = :version, upload = :upload, ended_at = :ended_at, details = :details
WHERE batch_id = :batch_id AND version = :read;
