-- Reads a page of the dead letters.
--
-- Parameters: $1 event_id to go on after, or null, $2 limit.
SELECT o.client_key, o.version, o.event_id, o.event, o.at, o.data::text AS data, o.failures, o.cause, o.status,
    o.buried_at
FROM client_outbox o
WHERE o.buried_at IS NOT NULL AND ($1::text IS NULL OR o.event_id > $1)
ORDER BY o.event_id LIMIT $2;
