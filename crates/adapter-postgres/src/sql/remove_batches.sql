-- Deletes batches that have ended before a time, or were announced before it and never received, and their pieces.
--
-- Parameters: $1 the time, $2 limit.
WITH over AS (
    DELETE FROM client_batch WHERE batch_id IN (
        SELECT batch_id FROM client_batch
        WHERE ended_at < $1 OR (state = 'announced' AND announced_at < $1)
        LIMIT $2
    )
    RETURNING batch_id
), deleted AS (
    DELETE FROM client_batch_piece p USING over o WHERE p.batch_id = o.batch_id
)
SELECT batch_id FROM over;
