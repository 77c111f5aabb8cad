-- Deletes events that were delivered before a moment, a few at a time. Of two callers at the same time the second waits,
-- and deletes what the first one has left.
--
-- Parameters: $1 moment, $2 limit.
DELETE FROM client_outbox o USING (
    SELECT client_key, version, event_id FROM client_outbox WHERE delivered_at < $1
    ORDER BY delivered_at LIMIT $2
) old
WHERE o.client_key = old.client_key AND o.version = old.version AND o.event_id = old.event_id;
