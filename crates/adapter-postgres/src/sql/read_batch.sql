-- Reads a batch, and whether one of this id was deleted whose rows were executed. Then there is none: it was announced again while
-- it was being deleted.
--
-- Parameters: $1 batch_id.
SELECT b.details, d.batch_id IS NOT NULL AS deleted
FROM (VALUES ($1::text)) asked (batch_id)
    LEFT JOIN client_deleted_batch d ON d.batch_id = asked.batch_id
    LEFT JOIN client_batch b ON b.batch_id = asked.batch_id AND d.batch_id IS NULL;
