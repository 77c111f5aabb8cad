-- Commits an outcome without a client.
--
-- Parameters (rows of history and outbox: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id
--   outbox, an event each: $19 event_id, $20 event, $21 client_key, $22 version, $23 at, $24 data
--   outcome: $25 actor, $26 command, $27 request_key, $28 fingerprint, $29 message, $30 data, $31 version, $32 at,
--     $33 attempt, $34 client_key
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $25 AND command = $26 AND request_key = $27
), written AS MATERIALIZED (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM known)
), outcomes AS (
    INSERT INTO client_idempotency
        (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
    SELECT $25, $26, $27, $28, $29, $30::text::json, $31, $32, $33, $34
    FROM written WHERE $25 IS NOT NULL
    RETURNING 1
), lines AS (
    INSERT INTO client_history (
        client_key, version, event, command, request_id, actor, actor_email, at, from_state, action, to_state,
        changed, reason, notes, transaction_reference, transaction_date, document_id, address_id
    )
    SELECT h.* FROM written, unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::date[],
        $17::text[], $18::text[]
    ) h
    RETURNING 1
), events AS (
    INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
    SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM written, unnest(
        $19::text[], $20::text[], $21::text[], $22::bigint[], $23::timestamptz[], $24::text[]
    ) e (event_id, event, client_key, version, at, data)
    RETURNING 1
) SELECT EXISTS (SELECT 1 FROM written) AS done;
