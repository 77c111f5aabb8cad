-- Counts the batches of an uploader that have not ended.
SELECT count(*) AS open FROM client_batch WHERE uploader = :uploader AND ended_at IS NULL;
