-- Reads a page of the dead letters of every receiver.
--
-- Parameters: $1 event_id and $2 receiver to go on after, or null, $3 limit.
SELECT l.receiver, o.client_key, o.version, o.event_id, o.event, o.at, o.data::text AS data, l.failures, l.cause,
    l.status, l.buried_at
FROM (
    (SELECT 'default' COLLATE "C" AS receiver, client_key, version, event_id, failures, cause, status, buried_at
    FROM client_outbox
    WHERE buried_at IS NOT NULL
        AND ($1::text IS NULL OR (event_id >= $1 AND (event_id > $1 OR 'default' COLLATE "C" > $2)))
    ORDER BY event_id LIMIT $3)
    UNION ALL
    (SELECT d.receiver, d.client_key, d.version, d.event_id, d.failures, d.cause, d.status, d.buried_at
    FROM client_delivery d JOIN client_receiver r ON r.name = d.receiver
    WHERE d.buried_at IS NOT NULL AND (d.event_id, d.receiver) > (coalesce($1, ''), coalesce($2, ''))
    ORDER BY d.event_id, d.receiver LIMIT $3)
) l JOIN client_outbox o ON o.client_key = l.client_key AND o.version = l.version AND o.event_id = l.event_id
ORDER BY l.event_id, l.receiver LIMIT $3;
