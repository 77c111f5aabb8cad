-- Deletes the pieces of earlier uploads, before the first piece of this upload is added. If a later upload has begun, its
-- pieces are not seen together with this upload as the latest one, so they stay.
--
-- Parameters: $1 batch_id, $2 upload, $3 version.
DELETE FROM client_batch_piece p USING client_batch b
WHERE p.batch_id = $1 AND b.batch_id = $1 AND b.upload IS NOT DISTINCT FROM $2 AND b.version = $3 AND b.state = 'announced';
