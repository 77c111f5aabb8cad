-- Reads a page of the events that were delivered before a moment, and deletes those that no registered receiver waits for;
-- returns the last event of the page and the numbers of all. Of two callers at the same time the second waits, and deletes
-- what the first one has left. What waits for a receiver that was forgotten goes with its event.
-- The page is read first: what a receiver waits for costs as much as the rows of the page, however much that is. LIMIT keeps
-- the search for waiting receivers from becoming a scan of all that waits.
--
-- Parameters: $1 moment, $2 delivered_at and $3 event_id to go on after, or null, $4 limit.
WITH page AS MATERIALIZED (
    SELECT o.client_key, o.version, o.event_id, o.delivered_at FROM client_outbox o
    WHERE o.delivered_at < $1 AND o.delivered_at >= coalesce($2::timestamptz, '-infinity')
        AND (o.delivered_at, o.event_id) > (coalesce($2::timestamptz, '-infinity'), coalesce($3::text, ''))
    ORDER BY o.delivered_at, o.event_id LIMIT $4
), old AS MATERIALIZED (
    SELECT p.client_key, p.version, p.event_id, p.delivered_at, w.is_held
    FROM page p CROSS JOIN LATERAL (
        SELECT count(*) > 0 AS is_held FROM (
            SELECT 1 FROM client_delivery d JOIN client_receiver r ON r.name = d.receiver
            WHERE d.client_key = p.client_key AND d.version = p.version AND d.event_id = p.event_id
            LIMIT 1
        ) waiting
    ) w
), left_over AS (
    DELETE FROM client_delivery d USING old
    WHERE d.client_key = old.client_key AND d.version = old.version AND d.event_id = old.event_id AND NOT old.is_held
), deleted AS (
    DELETE FROM client_outbox o USING old
    WHERE o.client_key = old.client_key AND o.version = old.version AND o.event_id = old.event_id AND NOT old.is_held
    RETURNING o.event_id
)
SELECT old.delivered_at, old.event_id, count(*) OVER () AS read, count(*) FILTER (WHERE old.is_held) OVER () AS kept,
    (SELECT count(*) FROM deleted) AS deleted
FROM old ORDER BY old.delivered_at DESC, old.event_id DESC LIMIT 1;
