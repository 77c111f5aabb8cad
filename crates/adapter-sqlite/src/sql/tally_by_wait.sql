-- Counts lines of all histories by event, branch, actor and how long the client had waited: the time since the last
-- request for approval, unless a decision came between. The ages are those of WaitingAge, in microseconds. Lines of other branches are read as well, and not counted.
--
-- Parameters: :events as JSON, :from first moment, :until moment to end before, :limit maximum number of lines,
--   :branch branch, or null,
--   :deciding the events of requests and decisions as JSON, :requested that of requests.
SELECT l.event, l.branch, l.actor, l.age, count(*) FILTER (WHERE :branch IS NULL OR l.branch = :branch) AS counted, count(*) AS read
FROM (
    SELECT h.event, h.actor, (
            SELECT CASE
                WHEN r.event <> :requested THEN NULL
                WHEN h.at - r.at < 2 * 86400000000 THEN 0
                WHEN h.at - r.at < 6 * 86400000000 THEN 1
                WHEN h.at - r.at < 31 * 86400000000 THEN 2
                ELSE 3
            END
            FROM client_history r
            WHERE r.client_key = h.client_key AND r.version < h.version
                AND r.event IN (SELECT value FROM json_each(:deciding))
            ORDER BY r.version DESC LIMIT 1
        ) AS age,
        (SELECT c.branch FROM client c WHERE c.client_key = h.client_key) AS branch
    FROM (
        SELECT client_key, version, event, at, actor, reason_code
        FROM client_history INDEXED BY client_history_by_event
        WHERE event IN (SELECT value FROM json_each(:events)) AND at >= :from AND at < :until
        LIMIT :limit
    ) h
) l
GROUP BY l.event, l.branch, l.actor, l.age;
