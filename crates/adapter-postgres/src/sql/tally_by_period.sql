-- Counts lines of all histories by event and period. Lines of other branches are read as well, and not counted.
--
-- Each event is read by the index of events and times, in the order of the times: else a server that expects many lines reads
-- the whole history for them.
--
-- Parameters: $1 events, $2 first moment, $3 moment to end before, $4 maximum number of lines, $5 branch, or null,
--   $6 the first moments of the periods.
SELECT l.event, l.period, count(*) FILTER (WHERE l.is_of_branch) AS counted, count(*) AS read
FROM (
    SELECT h.event, width_bucket(h.at, $6::timestamptz[]) - 1 AS period,
        $5::text IS NULL OR coalesce((SELECT c.branch FROM client c WHERE c.client_key = h.client_key) = $5, false) AS is_of_branch
    FROM (
        SELECT l.client_key, l.version, l.event, l.at, l.actor, l.reason_code
        FROM unnest($1::text[]) AS wanted (event) CROSS JOIN LATERAL (
            SELECT client_key, version, event, at, actor, reason_code FROM client_history
            WHERE event = wanted.event AND at >= $2::timestamptz AND at < $3::timestamptz
            ORDER BY at LIMIT $4
        ) l
        LIMIT $4
    ) h
) l
GROUP BY l.event, l.period;
