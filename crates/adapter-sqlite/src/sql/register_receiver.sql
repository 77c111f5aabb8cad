-- Registers a receiver, or replaces its filter.
INSERT INTO client_receiver (name, types, since) VALUES (:name, :types, :since)
ON CONFLICT (name) DO UPDATE SET types = excluded.types;
