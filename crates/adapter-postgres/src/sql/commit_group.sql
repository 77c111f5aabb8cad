-- Commits several clients, each new or a new version. Each is done or not by itself: the answer has the keys of those
-- that were done. What is written at the same moment the unique indexes refuse, and then none is done.
-- Refusals are counted for each client, and not looked for with NOT EXISTS: the server would make a join of that, and
-- read every request key and claim where it expects few of them, as it does before it has analyzed the tables.
-- Every commit takes unique values in one order, first request keys and then claims, each by value, so that commits
-- do not deadlock there. Only rows that are replaced come in any order; if two groups deadlock on them, the server
-- ends one.
--
-- Parameters (one array a column; of clients and their outcomes, one entry a client):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id
--   outbox, an event each: $19 event_id, $20 event, $21 client_key, $22 version, $23 at, $24 data
--   outcome of each client, null without a request key: $25 actor, $26 command, $27 request_key, $28 fingerprint,
--     $29 message, $30 data, $31 version, $32 at, $33 attempt, $34 client_key
--   claims to take: $35 client_key, $36 kind, $37 digest, $38 exclusive
--   claims to release: $39 client_key, $40 kind, $41 digest
--   clients: $42 client_key
--   clients, columns of every version: $43 version, $44 state, $45 first_name, $46 middle_name, $47 last_name,
--     $48 email, $49 phone, $50 address, $51 city, $52 region, $53 country, $54 marital_status, $55 account_officer,
--     $56 approval, $57 approval_by, $58 approval_by_email, $59 approval_at, $60 activated_at, $61 modified_at,
--     $62 first_name_folded, $63 middle_name_folded, $64 last_name_folded, $65 full_name_folded, $66 email_folded,
--     $67 address_folded, $68 city_folded, $69 region_folded, $70 country_folded, $71 identification_type_folded,
--     $72 identification_number_folded, $73 search_text, $74 approval_by_normal, $75 makers_version
--   clients, columns written once: $76 id, $77 birth_date, $78 gender, $79 identification_type,
--     $80 identification_number, $81 customer_type, $82 branch, $83 created_by, $84 created_by_email, $85 created_at
--   clients, a JSON list each: $86 activations, $87 makers
--   clients as they were read: $88 version, null for a new client
WITH wanted AS MATERIALIZED (
    SELECT w.*, ARRAY(SELECT json_array_elements_text(w.activations_json::json)) AS activations,
        w.makers_json::jsonb AS makers
    FROM unnest(
        $42::text[], $43::bigint[], $44::smallint[], $45::text[], $46::text[], $47::text[], $48::text[], $49::text[],
        $50::text[], $51::text[], $52::text[], $53::text[], $54::smallint[], $55::bigint[], $56::text[], $57::text[],
        $58::text[], $59::timestamptz[], $60::timestamptz[], $61::timestamptz[], $62::text[], $63::text[],
        $64::text[], $65::text[], $66::text[], $67::text[], $68::text[], $69::text[], $70::text[], $71::text[],
        $72::text[], $73::text[], $74::text[], $75::bigint[], $76::bigint[], $77::date[], $78::text[], $79::text[],
        $80::text[], $81::text[], $82::text[], $83::text[], $84::text[], $85::timestamptz[], $86::text[], $87::text[],
        $88::bigint[], $25::text[], $26::text[], $27::text[], $28::bytea[], $29::text[], $30::text[], $31::bigint[],
        $32::timestamptz[], $33::text[], $34::text[]
    ) w (
        client_key, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, id, birth_date, gender,
        identification_type, identification_number, customer_type, branch, created_by, created_by_email, created_at,
        activations_json, makers_json, read, outcome_actor, outcome_command, outcome_request_key, outcome_fingerprint,
        outcome_message, outcome_data, outcome_version, outcome_at, outcome_attempt, outcome_client_key
    )
), claims AS MATERIALIZED (
    SELECT * FROM unnest($35::text[], $36::text[], $37::bytea[], $38::bool[])
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
        identification_number_folded, search_text, approval_by_normal, makers_version, activations, makers, id,
        birth_date, gender, identification_type, identification_number, customer_type, branch, created_by,
        created_by_email, created_at
    )
    SELECT
        client_key, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
        marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
        modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, approval_by_normal, makers_version, activations, makers, id,
        birth_date, gender, identification_type, identification_number, customer_type, branch, created_by,
        created_by_email, created_at
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
        identification_number_folded, search_text, approval_by_normal, makers_version, activations, makers
    ) = (
        SELECT
            version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
            marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at,
            modified_at, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
            address_folded, city_folded, region_folded, country_folded, identification_type_folded,
            identification_number_folded, search_text, approval_by_normal, makers_version, activations, makers
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
        changed, reason, notes, transaction_reference, transaction_date, document_id, address_id
    )
    SELECT h.* FROM unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::smallint[], $10::text[], $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::date[],
        $17::text[], $18::text[]
    ) h (client_key) JOIN written w ON w.client_key = h.client_key
    RETURNING 1
), events AS (
    INSERT INTO client_outbox (event_id, event, client_key, version, at, data)
    SELECT e.event_id, e.event, e.client_key, e.version, e.at, e.data::json FROM unnest(
        $19::text[], $20::text[], $21::text[], $22::bigint[], $23::timestamptz[], $24::text[]
    ) e (event_id, event, client_key, version, at, data) JOIN written USING (client_key)
    RETURNING 1
), released AS (
    DELETE FROM client_claim c
    USING written w JOIN unnest($39::text[], $40::text[], $41::bytea[]) r (client_key, kind, digest)
        ON r.client_key = w.client_key
    WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = r.client_key
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT c.kind, c.digest, c.client_key, c.exclusive
    FROM claims c JOIN written USING (client_key), (SELECT count(*) FROM outcomes) first
    ORDER BY c.kind, c.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
) SELECT client_key FROM written;
