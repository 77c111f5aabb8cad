-- Returns how many of these commits the database holds, by their lines of history, and whether the server is a standby, which
-- may hold them a little later.
--
-- Parameters: $1 keys of clients, $2 versions, $3 times.
SELECT count(h.version) AS held, pg_is_in_recovery() AS is_standby
FROM unnest($1::text[], $2::bigint[], $3::timestamptz[]) AS c (client_key, version, at)
LEFT JOIN client_history AS h ON h.client_key = c.client_key AND h.version = c.version AND h.at = c.at;
