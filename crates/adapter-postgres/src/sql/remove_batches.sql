-- Deletes batches that have ended before a time, or were announced before it and never received; their pieces go with them. Of
-- those whose rows were executed the ids are kept. A batch that is locked is being changed and stays: its upload may be about
-- to end.
--
-- Parameters: $1 the time, $2 limit.
WITH over AS MATERIALIZED (
    SELECT batch_id, ended_at FROM client_batch
    WHERE ended_at < $1 OR (state = 'announced' AND announced_at < $1)
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), kept AS (
    INSERT INTO client_deleted_batch (batch_id, ended_at)
    SELECT o.batch_id, o.ended_at FROM over o
    WHERE o.ended_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM client_batch_piece p WHERE p.batch_id = o.batch_id AND p.stage = 2)
    ON CONFLICT ON CONSTRAINT client_deleted_batch_pkey DO NOTHING
)
DELETE FROM client_batch b USING over o WHERE b.batch_id = o.batch_id RETURNING b.batch_id;
