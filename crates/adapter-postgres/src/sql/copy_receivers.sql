-- Writes receivers of a copy.
--
-- Parameters, one array a column: $1 name, $2 types, joined by spaces, or null, $3 since.
INSERT INTO client_receiver (name, types, since)
SELECT r.name, string_to_array(r.types, ' '), r.since
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) r (name, types, since);
