-- Starts a batch that is still at the version that was read, unless another one of its uploader is running or stopping.
UPDATE client_batch SET state = :state, version = :version, details = :details
WHERE batch_id = :batch_id AND version = :read AND NOT EXISTS (
    SELECT 1 FROM client_batch other
    WHERE other.uploader = client_batch.uploader AND other.batch_id <> client_batch.batch_id
        AND other.state IN ('running', 'stopping')
);
