-- Commits an outcome without a client.
--
-- Parameters (rows of history and outbox: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id, $19 amendment_version, $20 reason_code,
--     $21 reason_text, $22 values (JSON, or null), $23 requested_documents
--   outbox, an event each: $24 event_id, $25 event, $26 client_key, $27 version, $28 at, $29 data
--   outcome: $30 actor, $31 command, $32 request_key, $33 fingerprint, $34 message, $35 data, $36 version, $37 at,
--     $38 attempt, $39 client_key
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $30 AND command = $31 AND request_key = $32
), written AS MATERIALIZED (
    SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM known)
), outcomes AS (
    INSERT INTO client_idempotency
        (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
    SELECT $30, $31, $32, $33, $34, $35::text::json, $36, $37, $38, $39
    FROM written WHERE $30 IS NOT NULL
    RETURNING 1
), lines AS (
    INSERT INTO client_history (
        client_key, version, event, command, request_id, actor, actor_email, at, from_state, action, to_state,
        changed, reason, notes, transaction_reference, transaction_date, document_id, address_id, amendment_version,
        reason_code, reason_text, requested_documents
    )
    SELECT h.* FROM written, unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::date[],
        $17::text[], $18::text[], $19::bigint[], $20::text[], $21::text[], $23::text[]
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
        $24::text[], $25::text[], $26::text[], $27::bigint[], $28::timestamptz[], $29::text[]
    ) e (event_id, event, client_key, version, at, data)
    RETURNING 1
) SELECT EXISTS (SELECT 1 FROM written) AS done;
