-- Commits an outcome without a client.
--
-- Parameters (rows of history and outbox: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id, $19 amendment_version, $20 reason_code,
--     $21 reason_text, $22 values (JSON, or null)
--   outbox, an event each: $23 event_id, $24 event, $25 client_key, $26 version, $27 at, $28 data
--   outcome: $29 actor, $30 command, $31 request_key, $32 fingerprint, $33 message, $34 data, $35 version, $36 at,
--     $37 attempt, $38 client_key
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $29 AND command = $30 AND request_key = $31
), written AS MATERIALIZED (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM known)
), outcomes AS (
    INSERT INTO client_idempotency
        (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
    SELECT $29, $30, $31, $32, $33, $34::text::json, $35, $36, $37, $38
    FROM written WHERE $29 IS NOT NULL
    RETURNING 1
), lines AS (
    INSERT INTO client_history (
        client_key, version, event, command, request_id, actor, actor_email, at, from_state, action, to_state,
        changed, reason, notes, transaction_reference, transaction_date, document_id, address_id, amendment_version,
        reason_code, reason_text
    )
    SELECT h.* FROM written, unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::date[],
        $17::text[], $18::text[], $19::bigint[], $20::text[], $21::text[]
    ) h
    RETURNING 1
), line_values AS (
    INSERT INTO client_history_value (client_key, version, data)
    SELECT v.client_key, v.version, v.data::jsonb
    FROM written, unnest($1::text[], $2::bigint[], $22::text[]) v (client_key, version, data)
    WHERE v.data IS NOT NULL
    RETURNING 1
), events AS (
    INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
    SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM written, unnest(
        $23::text[], $24::text[], $25::text[], $26::bigint[], $27::timestamptz[], $28::text[]
    ) e (event_id, event, client_key, version, at, data)
    RETURNING 1
) SELECT EXISTS (SELECT 1 FROM written) AS done;
