-- Replaces a batch that is still at the version that was read.
--
-- Parameters: $1 batch_id, $2 the version that was read, $3 state, $4 version, $5 upload, $6 ended_at, $7 details.
UPDATE client_batch SET state = $3, version = $4, upload = $5, ended_at = $6, details = $7
WHERE batch_id = $1 AND version = $2 RETURNING 1;
