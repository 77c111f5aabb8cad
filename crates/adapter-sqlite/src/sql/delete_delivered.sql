-- Deletes events that were delivered before a moment and that no other receiver waits for, a few at a time.
DELETE FROM client_outbox WHERE (client_key, version, event_id) IN (
    SELECT o.client_key, o.version, o.event_id FROM client_outbox o
    WHERE o.delivered_at IS NOT NULL AND o.delivered_at < :before AND NOT EXISTS (
        SELECT 1 FROM client_delivery d
        WHERE d.client_key = o.client_key AND d.version = o.version AND d.event_id = o.event_id
    )
    ORDER BY o.delivered_at LIMIT :limit
);
