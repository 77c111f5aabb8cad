-- Writes an event.
INSERT INTO client_outbox (
    client_key, version, event_id, event, at, data
) VALUES (
    :client_key, :version, :event_id, :event, :at, :data
);
