-- Adds a piece to a batch that waits for its file by this upload. The batch is locked, so no later upload begins meanwhile.
--
-- Parameters: $1 batch_id, $2 upload, $3 number, $4 first_row, $5 row_count, $6 content.
WITH waiting AS MATERIALIZED (
    SELECT batch_id FROM client_batch WHERE batch_id = $1 AND upload = $2 AND state = 'announced' FOR UPDATE
), added AS (
    INSERT INTO client_batch_piece (batch_id, number, first_row, row_count, stage, lease, content)
    SELECT batch_id, $3, $4, $5, 0, 0, $6 FROM waiting
    ON CONFLICT ON CONSTRAINT client_batch_piece_pkey DO NOTHING
)
SELECT 1 FROM waiting;
