-- Returns the kinds of these claims that a client has, other than the one excepted.
--
-- Parameters: $1 kinds, $2 digests, $3 client_key excepted, or null.
SELECT DISTINCT t.kind FROM unnest($1::text[], $2::bytea[]) t (kind, digest)
JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
WHERE $3::text IS NULL OR r.client_key <> $3;
