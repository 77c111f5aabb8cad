-- Reads the next events in the order of their key, for a copy.
SELECT client_key, version, event_id, event, at, data, leased_until, lease, failures, cause, status, buried_at,
    discarded_at, delivered_at
FROM client_outbox WHERE (client_key, version, event_id) > (:client_key, :version, :event_id)
ORDER BY client_key, version, event_id LIMIT :limit;
