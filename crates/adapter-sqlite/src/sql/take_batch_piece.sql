-- Leases the free piece with the lowest number, while the batch is in the state of the work.
UPDATE client_batch_piece SET leased_until = :until, lease = lease + 1, begun_at = coalesce(begun_at, :now)
WHERE batch_id = :batch_id AND number = (
    SELECT p.number FROM client_batch_piece p JOIN client_batch b ON b.batch_id = p.batch_id
    WHERE p.batch_id = :batch_id AND b.state = :state AND p.stage = :stage AND (p.begun_at IS NOT NULL OR NOT :begun_only)
        AND (p.leased_until IS NULL OR p.leased_until <= :now)
    ORDER BY p.number LIMIT 1
)
RETURNING number, first_row, row_count, content, lease, begun_at;
