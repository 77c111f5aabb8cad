-- Deletes events that were delivered before a moment and that no registered receiver waits for, a few at a time. Of two
-- callers at the same time the second waits, and deletes what the first one has left. What waits for a receiver that was
-- forgotten goes with its event.
--
-- Parameters: $1 moment, $2 limit.
WITH old AS MATERIALIZED (
    SELECT o.client_key, o.version, o.event_id FROM client_outbox o
    WHERE o.delivered_at < $1 AND NOT EXISTS (
        SELECT 1 FROM client_delivery d JOIN client_receiver r ON r.name = d.receiver
        WHERE d.client_key = o.client_key AND d.version = o.version AND d.event_id = o.event_id
    )
    ORDER BY o.delivered_at LIMIT $2
), left_over AS (
    DELETE FROM client_delivery d USING old
    WHERE d.client_key = old.client_key AND d.version = old.version AND d.event_id = old.event_id
)
DELETE FROM client_outbox o USING old
WHERE o.client_key = old.client_key AND o.version = old.version AND o.event_id = old.event_id;
