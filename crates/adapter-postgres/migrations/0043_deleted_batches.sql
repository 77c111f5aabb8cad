-- The ids of batches whose rows were executed and which were deleted, so that the same file is not executed once more.
--
-- Only additions: an instance of the release before deletes batches without keeping their ids.

CREATE TABLE client_deleted_batch (
    batch_id text COLLATE "C" NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT client_deleted_batch_pkey PRIMARY KEY (batch_id)
);
COMMENT ON TABLE client_deleted_batch IS 'Batches whose rows were executed and which were deleted; no personal data.';
COMMENT ON COLUMN client_deleted_batch.batch_id IS 'The id, a digest that follows from the uploader and the file.';
COMMENT ON COLUMN client_deleted_batch.ended_at IS 'When the batch had ended.';
CREATE INDEX client_batch_open ON client_batch (uploader) WHERE ended_at IS NULL;
