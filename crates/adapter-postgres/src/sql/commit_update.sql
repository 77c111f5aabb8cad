-- Commits a new version of a client: the row, its history, events, outcome and claims.
-- `written` has one row exactly if the commit goes on, and everything else selects from it, so a refused commit
-- writes nothing. `known` and `rivals` see the common refusals when the statement begins; what is written at the same
-- moment the unique indexes refuse. Claims are taken after the outcome and in the order of their values, as every
-- commit takes them, so that commits do not deadlock.
--
-- Parameters (rows of history, outbox, claims: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id
--   outbox, an event each: $19 event_id, $20 event, $21 client_key, $22 version, $23 at, $24 data
--   outcome, null without a request key: $25 actor, $26 command, $27 request_key, $28 fingerprint, $29 message,
--     $30 data, $31 version, $32 at, $33 attempt, $34 client_key
--   claims to take: $35 kind, $36 digest, $37 exclusive
--   claims to release: $38 kind, $39 digest
--   client: $40 client_key
--   client, columns of every version: $41 version, $42 state, $43 first_name, $44 middle_name, $45 last_name,
--     $46 email, $47 phone, $48 address, $49 city, $50 region, $51 country, $52 marital_status, $53 account_officer,
--     $54 approval, $55 approval_by, $56 approval_by_email, $57 approval_at, $58 activated_at, $59 modified_at,
--     $60 first_name_folded, $61 middle_name_folded, $62 last_name_folded, $63 full_name_folded, $64 email_folded,
--     $65 address_folded, $66 city_folded, $67 region_folded, $68 country_folded, $69 identification_type_folded,
--     $70 identification_number_folded, $71 search_text, $72 approval_by_normal, $73 makers_version, $74 activations,
--     $75 makers
--   client as it was read: $76 version
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $25 AND command = $26 AND request_key = $27
), rivals AS MATERIALIZED (
    SELECT 1 FROM unnest($35::text[], $36::bytea[], $37::bool[]) t (kind, digest, exclusive)
    JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
    WHERE t.exclusive AND r.client_key <> $40
), written AS (
    UPDATE client SET (
        version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, activations, makers
    ) = (
        $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62,
        $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75::text::jsonb
    )
    WHERE client_key = $40 AND version = $76
        AND NOT EXISTS (SELECT 1 FROM known) AND NOT EXISTS (SELECT 1 FROM rivals)
    RETURNING 1
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
), released AS (
    DELETE FROM client_claim c USING written, unnest($38::text[], $39::bytea[]) r (kind, digest)
    WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = $40
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT t.kind, t.digest, $40, t.exclusive
    FROM written, (SELECT count(*) FROM outcomes) first,
        unnest($35::text[], $36::bytea[], $37::bool[]) t (kind, digest, exclusive)
    ORDER BY t.kind, t.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
) SELECT EXISTS (SELECT 1 FROM written) AS done;
