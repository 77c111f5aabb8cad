-- Reads an event that is leased to a relay of a receiver.
SELECT o.client_key, o.version, o.event_id, o.event, o.at, o.data, d.failures, d.lease
FROM client_delivery d JOIN client_outbox o USING (client_key, version, event_id)
WHERE d.client_key = :client_key AND d.version = :version AND d.event_id = :event_id AND d.receiver = :receiver;
