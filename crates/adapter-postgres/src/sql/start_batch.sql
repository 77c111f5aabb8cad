-- Starts a batch that is still at the version that was read, unless another one of its uploader is running or stopping. Of two
-- that are started at the same moment, an index refuses one.
--
-- Parameters: $1 batch_id, $2 the version that was read, $3 state, $4 version, $5 details.
UPDATE client_batch b SET state = $3, version = $4, details = $5
WHERE b.batch_id = $1 AND b.version = $2 AND NOT EXISTS (
    SELECT 1 FROM client_batch other
    WHERE other.uploader = b.uploader AND other.batch_id <> b.batch_id AND other.state IN ('running', 'stopping')
) RETURNING 1;
