-- Whether a batch waits for its file by this upload.
SELECT 1 FROM client_batch WHERE batch_id = :batch_id AND upload = :upload AND state = 'announced';
