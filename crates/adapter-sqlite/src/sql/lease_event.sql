-- Leases an event to a relay.
UPDATE client_outbox SET leased_until = :until, lease = lease + 1
WHERE client_key = :client_key AND version = :version AND event_id = :event_id
RETURNING client_key, version, event_id, event, at, data, failures, lease;
