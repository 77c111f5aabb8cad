-- Counts lines of all histories by event, branch, actor and how long the client had waited: the time since the last
-- request for approval, unless a decision came between. The ages are those of WaitingAge, in microseconds. Lines of other branches are
-- read as well, and not counted: they are one group of their event, and no request is looked up for them.
--
-- Parameters: :events as JSON, :from first moment, :until moment to end before, :limit maximum number of lines,
--   :branch branch, or null,
--   :deciding the events of requests and decisions as JSON, :requested that of requests.
SELECT l.event, l.branch, l.actor, l.age, count(*) FILTER (WHERE l.is_of_branch) AS counted, count(*) AS read
FROM (
    SELECT m.event, m.is_of_branch, CASE WHEN m.is_of_branch THEN m.branch END AS branch,
        CASE WHEN m.is_of_branch THEN m.actor END AS actor,
        CASE WHEN m.is_of_branch THEN (
            SELECT CASE
                WHEN r.event <> :requested THEN NULL
                WHEN m.at - r.at < 2 * 86400000000 THEN 0
                WHEN m.at - r.at < 6 * 86400000000 THEN 1
                WHEN m.at - r.at < 31 * 86400000000 THEN 2
                ELSE 3
            END
            FROM client_history r
            WHERE r.client_key = m.client_key AND r.version < m.version
                AND r.event IN (SELECT value FROM json_each(:deciding))
            ORDER BY r.version DESC LIMIT 1
        ) END AS age
    FROM (
        SELECT h.client_key, h.version, h.event, h.at, h.actor, c.branch,
            (:branch IS NULL OR coalesce(c.branch = :branch, false)) AS is_of_branch
        FROM (
            SELECT client_key, version, event, at, actor
            FROM client_history INDEXED BY client_history_by_event
            WHERE event IN (SELECT value FROM json_each(:events)) AND at >= :from AND at < :until
            LIMIT :limit
        ) h LEFT JOIN client c ON c.client_key = h.client_key
    ) m
) l
GROUP BY l.event, l.branch, l.actor, l.age;
