-- Leases an event to a relay of a receiver.
UPDATE client_delivery SET leased_until = :until, lease = lease + 1
WHERE client_key = :client_key AND version = :version AND event_id = :event_id AND receiver = :receiver;
