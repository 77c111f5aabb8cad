-- Writes saved views of a copy.
--
-- Parameters, one array a column: $1 owner, $2 name, $3 owner_email, $4 shared, $5 search, $6 columns, $7 saved_at.
INSERT INTO client_saved_view (owner, name, owner_email, shared, search, columns, saved_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::text[], $6::text[], $7::timestamptz[]);
