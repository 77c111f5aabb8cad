-- Counts lines of all histories by event and actor and code of the reason. Lines of other branches are read as well, and not counted.
--
-- The server plans it with its values in view, so that it knows how many lines the period has.
--
-- Parameters: $1 events, $2 first moment, $3 moment to end before, $4 maximum number of lines, $5 branch, or null.
SELECT l.event, l.actor, l.reason_code, count(*) FILTER (WHERE l.is_of_branch) AS counted, count(*) AS read
FROM (
    SELECT h.event, h.actor, h.reason_code,
        $5::text IS NULL OR coalesce((SELECT c.branch FROM client c WHERE c.client_key = h.client_key) = $5, false) AS is_of_branch
    FROM (
        SELECT client_key, version, event, at, actor, reason_code FROM client_history
        WHERE event = ANY ($1::text[]) AND at >= $2::timestamptz AND at < $3::timestamptz
        LIMIT $4
    ) h
) l
GROUP BY l.event, l.actor, l.reason_code;
