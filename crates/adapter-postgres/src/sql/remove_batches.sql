-- Deletes batches that have ended before a time, or were announced before it and never received; their pieces go with them. A
-- batch that is locked is being changed and stays: its upload may be about to end.
--
-- Parameters: $1 the time, $2 limit.
WITH over AS MATERIALIZED (
    SELECT batch_id FROM client_batch
    WHERE ended_at < $1 OR (state = 'announced' AND announced_at < $1)
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
DELETE FROM client_batch b USING over o WHERE b.batch_id = o.batch_id RETURNING b.batch_id;
