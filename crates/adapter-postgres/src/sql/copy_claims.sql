-- Writes claims of a copy as they are.
--
-- Parameters, one array a column: $1 kind, $2 digest, $3 client_key, $4 exclusive.
INSERT INTO client_claim (kind, digest, client_key, exclusive)
SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[], $4::bool[]);
