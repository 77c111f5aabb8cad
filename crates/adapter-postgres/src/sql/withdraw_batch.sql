-- Deletes a batch that was announced again while the one of its id was being deleted.
--
-- Parameters: $1 batch_id.
DELETE FROM client_batch b
WHERE b.batch_id = $1 AND b.state = 'announced'
    AND EXISTS (SELECT 1 FROM client_deleted_batch d WHERE d.batch_id = b.batch_id);
