-- Reads a batch, and adds up what became of its rows. The stage of a piece is 0 before its check, 1 after it, 2 after its execution.
--
-- Parameters: $1 batch_id.
SELECT b.details, p.rows, p.done_1, p.already_1, p.refused_1, p.untried_1, p.done_2, p.already_2, p.refused_2, p.untried_2,
    p.unchecked, p.unexecuted, p.begun
FROM client_batch b CROSS JOIN LATERAL (
    SELECT coalesce(sum(row_count), 0)::bigint AS rows,
        coalesce(sum(done) FILTER (WHERE stage = 1), 0)::bigint AS done_1,
        coalesce(sum(already_done) FILTER (WHERE stage = 1), 0)::bigint AS already_1,
        coalesce(sum(refused) FILTER (WHERE stage = 1), 0)::bigint AS refused_1,
        coalesce(sum(not_tried) FILTER (WHERE stage = 1), 0)::bigint AS untried_1,
        coalesce(sum(done) FILTER (WHERE stage = 2), 0)::bigint AS done_2,
        coalesce(sum(already_done) FILTER (WHERE stage = 2), 0)::bigint AS already_2,
        coalesce(sum(refused) FILTER (WHERE stage = 2), 0)::bigint AS refused_2,
        coalesce(sum(not_tried) FILTER (WHERE stage = 2), 0)::bigint AS untried_2,
        count(*) FILTER (WHERE stage = 0) AS unchecked,
        count(*) FILTER (WHERE stage = 1) AS unexecuted,
        count(*) FILTER (WHERE stage = 1 AND begun_at IS NOT NULL) AS begun
    FROM client_batch_piece WHERE batch_id = b.batch_id
) p
WHERE b.batch_id = $1;
