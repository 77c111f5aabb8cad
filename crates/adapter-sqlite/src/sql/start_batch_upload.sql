-- Replaces a batch that is still at the version that was read and waits for its file.
UPDATE client_batch SET version = :version, upload = :upload, details = :details
WHERE batch_id = :batch_id AND version = :read AND state = 'announced';
