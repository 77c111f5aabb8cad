-- Counts lines of all histories by event and period. Lines of other branches are read as well, and not counted.
--
-- Parameters: :events as JSON, :from first moment, :until moment to end before, :limit maximum number of lines,
--   :branch branch, or null, :moments the first moments of the periods as JSON.
SELECT l.event, l.period, count(*) FILTER (WHERE l.is_of_branch) AS counted, count(*) AS read
FROM (
    SELECT h.event, (SELECT count(*) FROM json_each(:moments) m WHERE m.value <= h.at) - 1 AS period,
        :branch IS NULL OR coalesce((SELECT c.branch FROM client c WHERE c.client_key = h.client_key) = :branch, false) AS is_of_branch
    FROM (
        SELECT client_key, version, event, at, actor, reason_code
        FROM client_history INDEXED BY client_history_by_event
        WHERE event IN (SELECT value FROM json_each(:events)) AND at >= :from AND at < :until
        LIMIT :limit
    ) h
) l
GROUP BY l.event, l.period;
