-- Reads what waits for receivers in the order of its key, for a copy.
SELECT client_key, version, event_id, receiver, at, leased_until, lease, failures, cause, status, buried_at, discarded_at
FROM client_delivery
WHERE (client_key, version, event_id, receiver) > (:client_key, :version, :event_id, :receiver)
ORDER BY client_key, version, event_id, receiver LIMIT :limit;
