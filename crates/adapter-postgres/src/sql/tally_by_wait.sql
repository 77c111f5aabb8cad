-- Counts lines of all histories by event, branch, actor and how long the client had waited: the time since the last
-- request for approval, unless a decision came between. The ages are those of WaitingAge. Lines of other branches are read as well, and
-- not counted: they are one group of their event, and no request is looked up for them.
--
-- Each event is read by the index of events and times, in the order of the times: else a server that expects many lines reads
-- the whole history for them. The branch is looked up under the limit, so that it is looked up once.
--
-- Parameters: $1 events, $2 first moment, $3 moment to end before, $4 maximum number of lines, $5 branch, or null,
--   $6 the events of requests and decisions, $7 that of requests.
SELECT l.event, l.branch, l.actor, l.age, count(*) FILTER (WHERE l.is_of_branch) AS counted, count(*) AS read
FROM (
    SELECT m.event, m.is_of_branch, CASE WHEN m.is_of_branch THEN m.branch END AS branch,
        CASE WHEN m.is_of_branch THEN m.actor END AS actor,
        CASE WHEN m.is_of_branch THEN (
            SELECT CASE
                WHEN r.event <> $7::text THEN NULL
                WHEN m.at - r.at < interval '2 days' THEN 0
                WHEN m.at - r.at < interval '6 days' THEN 1
                WHEN m.at - r.at < interval '31 days' THEN 2
                ELSE 3
            END
            FROM client_history r
            WHERE r.client_key = m.client_key AND r.version < m.version AND r.event = ANY ($6::text[])
            ORDER BY r.version DESC LIMIT 1
        ) END AS age
    FROM (
        SELECT h.client_key, h.version, h.event, h.at, h.actor, h.branch,
            $5::text IS NULL OR coalesce(h.branch = $5, false) AS is_of_branch
        FROM (
            SELECT l.client_key, l.version, l.event, l.at, l.actor,
                (SELECT c.branch FROM client c WHERE c.client_key = l.client_key) AS branch
            FROM unnest($1::text[]) AS wanted (event) CROSS JOIN LATERAL (
                SELECT client_key, version, event, at, actor FROM client_history
                WHERE event = wanted.event AND at >= $2::timestamptz AND at < $3::timestamptz
                ORDER BY at LIMIT $4
            ) l
            LIMIT $4
        ) h
    ) m
) l
GROUP BY l.event, l.branch, l.actor, l.age;
