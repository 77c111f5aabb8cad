-- Returns why a commit was not done: the outcome under its request key, the version of its client, whether its id
-- is taken, and the kinds of its claims that other clients have.
--
-- Parameters: $1 actor, $2 command, $3 request_key, $4 client_key, $5 id, $6 kinds, $7 digests,
--   $8 exclusive: of the claims to take, one array a column.
SELECT
    o.fingerprint AS outcome_fingerprint, o.message AS outcome_message, o.data::text AS outcome_data,
    o.version AS outcome_version, o.at AS outcome_at, o.attempt AS outcome_attempt, o.client_key AS outcome_client,
    (SELECT c.version FROM client c WHERE c.client_key = $4) AS client_version,
    EXISTS (SELECT 1 FROM client_number n WHERE n.id = $5) AS number_taken,
    ARRAY(
        SELECT DISTINCT t.kind
        FROM unnest($6::text[], $7::bytea[], $8::bool[]) t (kind, digest, exclusive)
        JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
        WHERE t.exclusive AND r.client_key <> $4
    ) AS rivals
FROM (SELECT 1) one
LEFT JOIN client_idempotency o ON o.actor = $1 AND o.command = $2 AND o.request_key = $3;
