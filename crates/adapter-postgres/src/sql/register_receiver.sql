-- Registers a receiver, or replaces its filter.
--
-- Parameters: $1 name, $2 types, or null for all, $3 since.
SELECT client_register_receiver($1, $2::text[], $3);
