-- Reads a batch, whether one of this id was deleted whose rows were executed, and how many of this uploader have not ended.
--
-- Parameters: $1 batch_id, $2 uploader.
SELECT b.details, d.batch_id IS NOT NULL AS deleted,
    (SELECT count(*) FROM client_batch o WHERE o.uploader = $2 AND o.ended_at IS NULL) AS open
FROM (VALUES ($1::text)) asked (batch_id)
    LEFT JOIN client_deleted_batch d ON d.batch_id = asked.batch_id
    LEFT JOIN client_batch b ON b.batch_id = asked.batch_id AND d.batch_id IS NULL;
