-- Reads a page of the events that were delivered before a moment, and whether another receiver waits for each.
SELECT o.client_key, o.version, o.event_id, o.delivered_at, EXISTS (
        SELECT 1 FROM client_delivery d
        WHERE d.client_key = o.client_key AND d.version = o.version AND d.event_id = o.event_id
    ) AS is_held
FROM client_outbox o
WHERE o.delivered_at IS NOT NULL AND o.delivered_at < :before
    AND (o.delivered_at, o.event_id) > (:after_at, :after_event)
ORDER BY o.delivered_at, o.event_id LIMIT :limit;
