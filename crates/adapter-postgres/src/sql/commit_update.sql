-- Commits a new version of a client: the row, its history, events, outcome and claims.
-- `written` has one row exactly if the commit goes on, and everything else selects from it, so a refused commit
-- writes nothing. `known` and `rivals` see the common refusals when the statement begins; what is written at the same
-- moment the unique indexes refuse. Claims are taken after the outcome and in the order of their values, as every
-- commit takes them, so that commits do not deadlock.
--
-- Parameters (rows of history, outbox, claims: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id, $19 amendment_version, $20 reason_code,
--     $21 reason_text, $22 values (JSON, or null), $23 requested_documents
--   outbox, an event each: $24 event_id, $25 event, $26 client_key, $27 version, $28 at, $29 data
--   outcome, null without a request key: $30 actor, $31 command, $32 request_key, $33 fingerprint, $34 message,
--     $35 data, $36 version, $37 at, $38 attempt, $39 client_key
--   claims to take: $40 kind, $41 digest, $42 exclusive
--   claims to release: $43 kind, $44 digest
--   client: $45 client_key
--   client, columns of every version: $46 version, $47 state, $48 first_name, $49 middle_name, $50 last_name,
--     $51 email, $52 phone, $53 address, $54 city, $55 region, $56 country, $57 marital_status, $58 account_officer,
--     $59 approval, $60 approval_by, $61 approval_by_email, $62 approval_at, $63 activated_at, $64 modified_at,
--     $65 first_name_folded, $66 middle_name_folded, $67 last_name_folded, $68 full_name_folded, $69 email_folded,
--     $70 address_folded, $71 city_folded, $72 region_folded, $73 country_folded, $74 identification_type_folded,
--     $75 identification_number_folded, $76 search_text, $77 approval_by_normal, $78 makers_version,
--     $79 first_name_passport, $80 middle_name_passport, $81 last_name_passport, $82 birth_date, $83 gender,
--     $84 identification_type, $85 identification_number, $86 customer_type, $87 branch, $88 amendments,
--     $89 contact_verifications, $90 phone_entered, $91 contact_entries, $92 former_names,
--     $93 former_names_folded, $94 activations, $95 makers
--   client as it was read: $96 version
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $30 AND command = $31 AND request_key = $32
), rivals AS MATERIALIZED (
    SELECT 1 FROM unnest($40::text[], $41::bytea[], $42::bool[]) t (kind, digest, exclusive)
    JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
    WHERE t.exclusive AND r.client_key <> $45
), written AS (
    UPDATE client SET (
        version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
        middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
        customer_type, branch, amendments, contact_verifications, phone_entered, contact_entries, former_names,
        former_names_folded, activations, makers, normal_form_version
    ) = (
        $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67,
        $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87,
        $88::text::jsonb, $89::text::jsonb, $90::text::jsonb, $91::text::jsonb, $92::text::jsonb, $93, $94, $95::text::jsonb,
        CASE WHEN client.normal_form_version = client.version THEN $46 ELSE client.normal_form_version END
    )
    WHERE client_key = $45 AND version = $96
        AND NOT EXISTS (SELECT 1 FROM known) AND NOT EXISTS (SELECT 1 FROM rivals)
    RETURNING 1
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
), released AS (
    DELETE FROM client_claim c USING written, unnest($43::text[], $44::bytea[]) r (kind, digest)
    WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = $45
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT t.kind, t.digest, $45, t.exclusive
    FROM written, (SELECT count(*) FROM outcomes) first,
        unnest($40::text[], $41::bytea[], $42::bool[]) t (kind, digest, exclusive)
    ORDER BY t.kind, t.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
) SELECT EXISTS (SELECT 1 FROM written) AS done;
