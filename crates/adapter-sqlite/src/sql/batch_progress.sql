-- Adds up what became of the rows of a batch. The stage of a piece is 0 before its check, 1 after it, 2 after its execution.
SELECT coalesce(sum(row_count), 0) AS rows,
    coalesce(sum(done) FILTER (WHERE stage = 1), 0) AS done_1,
    coalesce(sum(already_done) FILTER (WHERE stage = 1), 0) AS already_1,
    coalesce(sum(refused) FILTER (WHERE stage = 1), 0) AS refused_1,
    coalesce(sum(not_tried) FILTER (WHERE stage = 1), 0) AS untried_1,
    coalesce(sum(done) FILTER (WHERE stage = 2), 0) AS done_2,
    coalesce(sum(already_done) FILTER (WHERE stage = 2), 0) AS already_2,
    coalesce(sum(refused) FILTER (WHERE stage = 2), 0) AS refused_2,
    coalesce(sum(not_tried) FILTER (WHERE stage = 2), 0) AS untried_2,
    count(*) FILTER (WHERE stage = 0) AS unchecked,
    count(*) FILTER (WHERE stage = 1) AS unexecuted,
    count(*) FILTER (WHERE stage = 1 AND begun_at IS NOT NULL) AS begun
FROM client_batch_piece WHERE batch_id = :batch_id;
