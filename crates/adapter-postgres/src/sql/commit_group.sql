-- Commits several clients, each new or a new version. Each is done or not by itself: the answer has the keys of those
-- that were done. What is written at the same moment the unique indexes refuse, and then none is done. Refusals are
-- counted for each client, and not tested with NOT EXISTS: the server would make a join of that, and read every
-- request key and claim where it expects few of them, as it does before it has analyzed the tables. Every commit
-- takes unique values in one order, first request keys and then claims, each by value, so that commits do not
-- deadlock there. Only rows that are replaced come in any order; if two groups deadlock on them, the server ends one.
--
-- Parameters (one array a column; of clients and their outcomes, one entry a client):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id, $19 amendment_version, $20 reason_code,
--     $21 reason_text, $22 values (JSON, or null), $23 requested_documents
--   outbox, an event each: $24 event_id, $25 event, $26 client_key, $27 version, $28 at, $29 data
--   outcome of each client, null without a request key: $30 actor, $31 command, $32 request_key, $33 fingerprint,
--     $34 message, $35 data, $36 version, $37 at, $38 attempt, $39 client_key
--   claims to take: $40 client_key, $41 kind, $42 digest, $43 exclusive
--   claims to release: $44 client_key, $45 kind, $46 digest
--   clients: $47 client_key
--   clients, columns of every version (amendments, contact_verifications, phone_entered, contact_entries,
--     former_names: JSON): $48 version, $49 state, $50 first_name, $51 middle_name, $52 last_name, $53 email,
--     $54 phone, $55 address, $56 city, $57 region, $58 country, $59 marital_status, $60 account_officer,
--     $61 approval, $62 approval_by, $63 approval_by_email, $64 approval_at, $65 activated_at, $66 modified_at,
--     $67 first_name_folded, $68 middle_name_folded, $69 last_name_folded, $70 full_name_folded, $71 email_folded,
--     $72 address_folded, $73 city_folded, $74 region_folded, $75 country_folded, $76 identification_type_folded,
--     $77 identification_number_folded, $78 search_text, $79 approval_by_normal, $80 makers_version,
--     $81 first_name_passport, $82 middle_name_passport, $83 last_name_passport, $84 birth_date, $85 gender,
--     $86 identification_type, $87 identification_number, $88 customer_type, $89 branch, $90 amendments,
--     $91 contact_verifications, $92 phone_entered, $93 contact_entries, $94 former_names, $95 former_names_folded
--   clients, columns written once: $96 id, $97 created_by, $98 created_by_email, $99 created_at
--   clients, a JSON list each: $100 activations, $101 makers
--   clients as they were read: $102 version, null for a new client
--   clients, written once: $103 former_client, null for a version that is not the first
WITH wanted AS MATERIALIZED (
    SELECT w.*, ARRAY(SELECT json_array_elements_text(w.activations_json::json)) AS activations,
        w.makers_json::jsonb AS makers, w.amendments_json::jsonb AS amendments,
        w.contact_verifications_json::jsonb AS contact_verifications, w.phone_entered_json::jsonb AS phone_entered,
        w.contact_entries_json::jsonb AS contact_entries,
        w.former_names_json::jsonb AS former_names
    FROM unnest(
        $47::text[], $48::bigint[], $49::smallint[], $50::text[], $51::text[], $52::text[], $53::text[],
        $54::text[], $55::text[], $56::text[], $57::text[], $58::text[], $59::smallint[], $60::bigint[],
        $61::text[], $62::text[], $63::text[], $64::timestamptz[], $65::timestamptz[], $66::timestamptz[],
        $67::text[], $68::text[], $69::text[], $70::text[], $71::text[], $72::text[], $73::text[], $74::text[],
        $75::text[], $76::text[], $77::text[], $78::text[], $79::text[], $80::bigint[], $81::text[], $82::text[],
        $83::text[], $84::date[], $85::text[], $86::text[], $87::text[], $88::text[], $89::text[], $90::text[],
        $91::text[], $92::text[], $93::text[], $94::text[], $95::text[], $96::bigint[], $97::text[], $98::text[],
        $99::timestamptz[], $100::text[], $101::text[], $102::bigint[], $30::text[], $31::text[], $32::text[],
        $33::bytea[], $34::text[], $35::text[], $36::bigint[], $37::timestamptz[], $38::text[], $39::text[], $103::text[]
    ) w (
        client_key, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
        middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
        customer_type, branch, amendments_json, contact_verifications_json, phone_entered_json,
        contact_entries_json, former_names_json, former_names_folded, id, created_by, created_by_email,
        created_at, activations_json, makers_json, read, outcome_actor, outcome_command, outcome_request_key,
        outcome_fingerprint, outcome_message, outcome_data, outcome_version, outcome_at, outcome_attempt,
        outcome_client_key, former_client
    )
), claims AS MATERIALIZED (
    SELECT * FROM unnest($40::text[], $41::text[], $42::bytea[], $43::bool[])
        c (client_key, kind, digest, exclusive)
), possible AS MATERIALIZED (
    SELECT w.client_key, w.read FROM wanted w
    WHERE (
            SELECT count(*) FROM client_idempotency o
            WHERE o.actor = w.outcome_actor AND o.command = w.outcome_command
                AND o.request_key = w.outcome_request_key
        ) = 0 AND (
            SELECT count(*) FROM claims c JOIN client_claim r ON r.kind = c.kind AND r.digest = c.digest
            WHERE c.client_key = w.client_key AND c.exclusive AND r.client_key <> c.client_key
        ) = 0
), inserted AS (
    INSERT INTO client (
        client_key, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
        middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
        customer_type, branch, amendments, contact_verifications, phone_entered, contact_entries, former_names,
        former_names_folded, activations, makers, id, created_by,
        created_by_email, created_at, former_client, normal_form, normal_form_version
    )
    SELECT
        client_key, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
        middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
        customer_type, branch, amendments, contact_verifications, phone_entered, contact_entries, former_names,
        former_names_folded, activations, makers, id, created_by,
        created_by_email, created_at, former_client, 2, version
    FROM wanted JOIN possible USING (client_key) WHERE possible.read IS NULL
    RETURNING client_key, id
), numbered AS (
    INSERT INTO client_number (id, client_key) SELECT id, client_key FROM inserted
    RETURNING 1
), updated AS (
    UPDATE client c SET (
        version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
        middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
        customer_type, branch, amendments, contact_verifications, phone_entered, contact_entries, former_names,
        former_names_folded, activations, makers, normal_form_version
    ) = (
        SELECT
            version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
            marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
            modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
            address_folded, city_folded, region_folded, country_folded, identification_type_folded,
            identification_number_folded, search_text, approval_by_normal, makers_version, first_name_passport,
            middle_name_passport, last_name_passport, birth_date, gender, identification_type, identification_number,
            customer_type, branch, amendments, contact_verifications, phone_entered, contact_entries, former_names,
            former_names_folded, activations, makers,
            CASE WHEN c.normal_form_version = c.version THEN w.version ELSE c.normal_form_version END
        FROM wanted w WHERE w.client_key = c.client_key
    )
    FROM possible p WHERE p.read IS NOT NULL AND c.client_key = p.client_key AND c.version = p.read
    RETURNING c.client_key
), written AS MATERIALIZED (
    SELECT client_key FROM inserted UNION ALL SELECT client_key FROM updated
), outcomes AS (
    INSERT INTO client_idempotency
        (actor, command, request_key, fingerprint, message, data, version, at, attempt, client_key)
    SELECT w.outcome_actor, w.outcome_command, w.outcome_request_key, w.outcome_fingerprint, w.outcome_message,
        w.outcome_data::json, w.outcome_version, w.outcome_at, w.outcome_attempt, w.outcome_client_key
    FROM wanted w JOIN written USING (client_key) WHERE w.outcome_actor IS NOT NULL
    ORDER BY w.outcome_actor, w.outcome_command, w.outcome_request_key
    RETURNING 1
), lines AS (
    INSERT INTO client_history (
        client_key, version, event, command, request_id, actor, actor_email, at, from_state, action, to_state,
        changed, reason, notes, transaction_reference, transaction_date, document_id, address_id, amendment_version,
        reason_code, reason_text, requested_documents
    )
    SELECT h.* FROM unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::date[],
        $17::text[], $18::text[], $19::bigint[], $20::text[], $21::text[], $23::text[]
    ) h (client_key) JOIN written w ON w.client_key = h.client_key
    RETURNING 1
), line_values AS (
    INSERT INTO client_history_value (client_key, version, data)
    SELECT v.client_key, v.version, v.data::jsonb
    FROM unnest($1::text[], $2::bigint[], $22::text[]) v (client_key, version, data) JOIN written USING (client_key)
    WHERE v.data IS NOT NULL
    RETURNING 1
), events AS (
    INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
    SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM unnest(
        $24::text[], $25::text[], $26::text[], $27::bigint[], $28::timestamptz[], $29::text[]
    ) e (event_id, event, client_key, version, at, data) JOIN written USING (client_key)
    RETURNING 1
), released AS (
    DELETE FROM client_claim c
    USING written w JOIN unnest($44::text[], $45::text[], $46::bytea[]) r (client_key, kind, digest)
        ON r.client_key = w.client_key
    WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = r.client_key
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT c.kind, c.digest, c.client_key, c.exclusive
    FROM claims c JOIN written USING (client_key), (SELECT count(*) FROM outcomes) first
    ORDER BY c.kind, c.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
) SELECT client_key FROM written;
