-- Reads a page of the dead letters of every receiver.
SELECT l.receiver, o.client_key, o.version, o.event_id, o.event, o.at, o.data, l.failures, l.cause, l.status, l.buried_at
FROM (
    SELECT 'default' AS receiver, client_key, version, event_id, failures, cause, status, buried_at
    FROM client_outbox
    WHERE buried_at IS NOT NULL AND event_id >= :event_id AND (event_id, 'default') > (:event_id, :receiver)
    UNION ALL
    SELECT receiver, client_key, version, event_id, failures, cause, status, buried_at
    FROM client_delivery
    WHERE buried_at IS NOT NULL AND (event_id, receiver) > (:event_id, :receiver)
) l JOIN client_outbox o ON o.client_key = l.client_key AND o.version = l.version AND o.event_id = l.event_id
ORDER BY l.event_id, l.receiver LIMIT :limit;
