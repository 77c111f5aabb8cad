-- Commits a new client with documents or addresses: the row, its history, events, outcome and claims, and its
-- documents, addresses and contents.
-- `written` has one row exactly if the commit goes on, and everything else selects from it, so a refused commit
-- writes nothing. `known` and `rivals` see the common refusals when the statement begins; what is written at the same
-- moment the unique indexes refuse. Claims are taken after the outcome and in the order of their values, as every
-- commit takes them, so that commits do not deadlock.
-- Columns that never change are written once. Contents that documents name are no orphans; those that they named
-- before may be.
--
-- Parameters (rows of history, outbox, claims, documents, addresses, contents: one array a column):
--   history, a line each: $1 client_key, $2 version, $3 event, $4 command, $5 request_id, $6 actor, $7 actor_email,
--     $8 at, $9 from_state, $10 action, $11 to_state, $12 changed, $13 reason, $14 notes, $15 transaction_reference,
--     $16 transaction_date, $17 document_id, $18 address_id, $19 amendment_version, $20 reason_code,
--     $21 reason_text, $22 values (JSON, or null)
--   outbox, an event each: $23 event_id, $24 event, $25 client_key, $26 version, $27 at, $28 data
--   outcome, null without a request key: $29 actor, $30 command, $31 request_key, $32 fingerprint, $33 message,
--     $34 data, $35 version, $36 at, $37 attempt, $38 client_key
--   claims to take: $39 kind, $40 digest, $41 exclusive
--   claims to release: $42 kind, $43 digest
--   client: $44 client_key
--   client, columns of every version: $45 version, $46 state, $47 first_name, $48 middle_name, $49 last_name,
--     $50 email, $51 phone, $52 address, $53 city, $54 region, $55 country, $56 marital_status, $57 account_officer,
--     $58 approval, $59 approval_by, $60 approval_by_email, $61 approval_at, $62 activated_at, $63 modified_at,
--     $64 first_name_folded, $65 middle_name_folded, $66 last_name_folded, $67 full_name_folded, $68 email_folded,
--     $69 address_folded, $70 city_folded, $71 region_folded, $72 country_folded, $73 identification_type_folded,
--     $74 identification_number_folded, $75 search_text, $76 approval_by_normal, $77 makers_version,
--     $78 first_name_passport, $79 middle_name_passport, $80 last_name_passport, $81 birth_date, $82 gender,
--     $83 identification_type, $84 identification_number, $85 customer_type, $86 branch, $87 amendments,
--     $88 contact_verifications, $89 phone_entered, $90 contact_entries, $91 former_names,
--     $92 former_names_folded, $93 activations, $94 makers
--   client, columns written once: $95 id, $96 created_by, $97 created_by_email, $98 created_at
--   documents to write (uploaders, verified and rejection: JSON each): $99 document_id, $100 place, $101 kind, $102 number,
--     $103 number_folded, $104 issuer, $105 issued_on, $106 expires_on, $107 content_key, $108 extension, $109 size,
--     $110 sha256, $111 uploaded_by, $112 uploaded_by_email, $113 uploaded_at, $114 submitted_by,
--     $115 submitted_by_email, $116 submitted_at, $117 status, $118 reviewed_by, $119 reviewed_by_email,
--     $120 reviewed_at, $121 comment, $122 notice, $123 uploaders, $124 verified, $125 rejection
--   addresses to write (verified and rejection: JSON each): $126 address_id, $127 place, $128 line1, $129 line2, $130 city,
--     $131 region, $132 country, $133 postal_code, $134 submitted_by, $135 submitted_by_email, $136 submitted_at,
--     $137 status, $138 reviewed_by, $139 reviewed_by_email, $140 reviewed_at, $141 comment, $142 verified, $143 rejection
--   contents replaced: $144 content_key, $145 queued_at
--   client, written once: $146 former_client
WITH known AS MATERIALIZED (
    SELECT 1 FROM client_idempotency WHERE actor = $29 AND command = $30 AND request_key = $31
), rivals AS MATERIALIZED (
    SELECT 1 FROM unnest($39::text[], $40::bytea[], $41::bool[]) t (kind, digest, exclusive)
    JOIN client_claim r ON r.kind = t.kind AND r.digest = t.digest
    WHERE t.exclusive AND r.client_key <> $44
), written AS (
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
        $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65,
        $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86,
        $87::text::jsonb, $88::text::jsonb, $89::text::jsonb, $90::text::jsonb, $91::text::jsonb, $92, $93, $94::text::jsonb,
        $95, $96, $97, $98, $146, 2, $45
    WHERE NOT EXISTS (SELECT 1 FROM known) AND NOT EXISTS (SELECT 1 FROM rivals)
    RETURNING 1
), numbered AS (
    INSERT INTO client_number (id, client_key) SELECT $95, $44 FROM written
    RETURNING 1
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
), released AS (
    DELETE FROM client_claim c USING written, unnest($42::text[], $43::bytea[]) r (kind, digest)
    WHERE c.kind = r.kind AND c.digest = r.digest AND c.client_key = $44
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT t.kind, t.digest, $44, t.exclusive
    FROM written, (SELECT count(*) FROM outcomes) first,
        unnest($39::text[], $40::bytea[], $41::bool[]) t (kind, digest, exclusive)
    ORDER BY t.kind, t.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO UPDATE SET exclusive = excluded.exclusive
), documents AS (
    INSERT INTO client_document (
        client_key, document_id, place, kind, number, number_folded, issuer, issued_on, expires_on, content_key,
        extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, submitted_by, submitted_by_email,
        submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment, notice, uploaders, verified,
        rejection
    )
    SELECT
        $44, d.document_id, d.place, d.kind, d.number, d.number_folded, d.issuer, d.issued_on, d.expires_on,
        d.content_key, d.extension, d.size, d.sha256, d.uploaded_by, d.uploaded_by_email, d.uploaded_at,
        d.submitted_by, d.submitted_by_email, d.submitted_at, d.status, d.reviewed_by, d.reviewed_by_email,
        d.reviewed_at, d.comment, d.notice, ARRAY(SELECT json_array_elements_text(d.uploaders::json)),
        d.verified::jsonb,
        d.rejection::jsonb
    FROM written, unnest(
        $99::text[], $100::smallint[], $101::smallint[], $102::text[], $103::text[], $104::text[], $105::date[],
        $106::date[], $107::text[], $108::text[], $109::bigint[], $110::text[], $111::text[], $112::text[],
        $113::timestamptz[], $114::text[], $115::text[], $116::timestamptz[], $117::smallint[], $118::text[],
        $119::text[], $120::timestamptz[], $121::text[], $122::smallint[], $123::text[], $124::text[], $125::text[]
    ) d (
        document_id, place, kind, number, number_folded, issuer, issued_on, expires_on, content_key, extension, size,
        sha256, uploaded_by, uploaded_by_email, uploaded_at, submitted_by, submitted_by_email, submitted_at, status,
        reviewed_by, reviewed_by_email, reviewed_at, comment, notice, uploaders, verified,
        rejection
    )
    ON CONFLICT ON CONSTRAINT client_document_pkey DO UPDATE SET (
        content_key, extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, status, reviewed_by,
        reviewed_by_email, reviewed_at, comment, notice, uploaders, verified,
        rejection
    ) = (
        excluded.content_key, excluded.extension, excluded.size, excluded.sha256, excluded.uploaded_by,
        excluded.uploaded_by_email, excluded.uploaded_at, excluded.status, excluded.reviewed_by,
        excluded.reviewed_by_email, excluded.reviewed_at, excluded.comment, excluded.notice, excluded.uploaders,
        excluded.verified, excluded.rejection
    )
), addresses AS (
    INSERT INTO client_address (
        client_key, address_id, place, line1, line2, city, region, country, postal_code, submitted_by,
        submitted_by_email, submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment, verified,
        rejection
    )
    SELECT
        $44, a.address_id, a.place, a.line1, a.line2, a.city, a.region, a.country, a.postal_code, a.submitted_by,
        a.submitted_by_email, a.submitted_at, a.status, a.reviewed_by, a.reviewed_by_email, a.reviewed_at, a.comment,
        a.verified::jsonb, a.rejection::jsonb
    FROM written, unnest(
        $126::text[], $127::smallint[], $128::text[], $129::text[], $130::text[], $131::text[], $132::text[],
        $133::text[], $134::text[], $135::text[], $136::timestamptz[], $137::smallint[], $138::text[], $139::text[],
        $140::timestamptz[], $141::text[], $142::text[], $143::text[]
    ) a (
        address_id, place, line1, line2, city, region, country, postal_code, submitted_by, submitted_by_email,
        submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment, verified,
        rejection
    )
    ON CONFLICT ON CONSTRAINT client_address_pkey DO UPDATE SET (
        status, reviewed_by, reviewed_by_email, reviewed_at, comment, verified,
        rejection
    ) = (
        excluded.status, excluded.reviewed_by, excluded.reviewed_by_email, excluded.reviewed_at, excluded.comment,
        excluded.verified, excluded.rejection
    )
), dequeued AS (
    DELETE FROM client_content_candidate q USING written, unnest($107::text[]) d (content_key)
    WHERE q.content_key = d.content_key
), queued AS (
    INSERT INTO client_content_candidate (content_key, queued_at)
    SELECT r.content_key, r.queued_at
    FROM written, unnest($144::text[], $145::timestamptz[]) r (content_key, queued_at)
    ON CONFLICT ON CONSTRAINT client_content_candidate_pkey DO NOTHING
) SELECT EXISTS (SELECT 1 FROM written) AS done;
