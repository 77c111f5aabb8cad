-- Deletes events that were delivered before a moment, a few at a time.
DELETE FROM client_outbox WHERE (client_key, version, event_id) IN (
    SELECT client_key, version, event_id FROM client_outbox
    WHERE delivered_at IS NOT NULL AND delivered_at < :before ORDER BY delivered_at LIMIT :limit
);
