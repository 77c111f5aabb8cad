-- Deletes what waits for a receiver that is not registered, a few rows at a time, in the order of the index of receivers: without
-- an order the table is read from its beginning, past what was deleted before.
--
-- Parameters: $1 receiver, $2 limit.
DELETE FROM client_delivery d USING (
    SELECT client_key, version, event_id, receiver FROM client_delivery
    WHERE receiver = $1 AND NOT EXISTS (SELECT 1 FROM client_receiver WHERE name = $1)
    ORDER BY client_key, version, event_id LIMIT $2
    FOR UPDATE SKIP LOCKED
) left_over
WHERE d.client_key = left_over.client_key AND d.version = left_over.version AND d.event_id = left_over.event_id
    AND d.receiver = left_over.receiver;
