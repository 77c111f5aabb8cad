-- Reads a page of the dead letters.
SELECT client_key, version, event_id, event, at, data, failures, cause, status, buried_at
FROM client_outbox
WHERE buried_at IS NOT NULL AND event_id > :after
ORDER BY event_id LIMIT :limit;
