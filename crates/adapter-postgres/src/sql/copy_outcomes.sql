-- Writes outcomes of a copy.
--
-- Parameters, one array a column: $1 actor, $2 command, $3 request_key, $4 fingerprint, $5 message, $6 data,
--   $7 version, $8 at, $9 attempt, $10 client_key.
INSERT INTO client_idempotency
    (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
SELECT o.actor, o.command, o.request_key, o.fingerprint, o.message, o.data::json, o.version, o.at, o.attempt, o.client_key
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[], $9::text[],
    $10::text[]
) o (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key);
