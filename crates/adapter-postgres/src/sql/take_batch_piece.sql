-- Leases the free piece with the lowest number, while the batch is in the state of the work. The batch is locked, so that its
-- state is that of the moment in which the lease is committed. A locked piece is left to the instance that has locked it.
--
-- Parameters: $1 batch_id, $2 the state, $3 the stage, $4 whether only begun pieces, $5 now, $6 end of the lease.
WITH free AS MATERIALIZED (
    SELECT p.batch_id, p.number FROM client_batch_piece p JOIN client_batch b ON b.batch_id = p.batch_id
    WHERE p.batch_id = $1 AND b.state = $2 AND p.stage = $3 AND (p.begun_at IS NOT NULL OR NOT $4)
        AND (p.leased_until IS NULL OR p.leased_until <= $5)
    ORDER BY p.number LIMIT 1
    FOR SHARE OF b
    FOR UPDATE OF p SKIP LOCKED
)
UPDATE client_batch_piece p SET leased_until = $6, lease = p.lease + 1, begun_at = coalesce(p.begun_at, $5)
FROM free f WHERE p.batch_id = f.batch_id AND p.number = f.number
RETURNING p.number, p.first_row, p.row_count, p.content, p.lease, p.begun_at;
