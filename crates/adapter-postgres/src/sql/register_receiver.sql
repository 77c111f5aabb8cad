-- Registers a receiver, or replaces its filter.
--
-- Parameters: $1 name, $2 types, or null for all, $3 since.
INSERT INTO client_receiver (name, types, since) VALUES ($1, $2::text[], $3)
ON CONFLICT ON CONSTRAINT client_receiver_pkey DO UPDATE SET types = excluded.types;
