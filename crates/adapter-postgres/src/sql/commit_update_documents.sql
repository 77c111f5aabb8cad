-- Commits a new version of a client with documents or addresses: the row, its history, events, outcome and claims,
-- and its documents, addresses and contents.
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
--   documents to write (uploaders: a JSON list each): $77 document_id, $78 place, $79 kind, $80 number,
--     $81 number_folded, $82 issuer, $83 issued_on, $84 expires_on, $85 content_key, $86 extension, $87 size,
--     $88 sha256, $89 uploaded_by, $90 uploaded_by_email, $91 uploaded_at, $92 submitted_by, $93 submitted_by_email,
--     $94 submitted_at, $95 status, $96 reviewed_by, $97 reviewed_by_email, $98 reviewed_at, $99 comment,
--     $100 notice, $101 uploaders
--   addresses to write: $102 address_id, $103 place, $104 line1, $105 line2, $106 city, $107 region, $108 country,
--     $109 postal_code, $110 submitted_by, $111 submitted_by_email, $112 submitted_at, $113 status, $114 reviewed_by,
--     $115 reviewed_by_email, $116 reviewed_at, $117 comment
--   contents replaced: $118 content_key, $119 queued_at
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
), documents AS (
    INSERT INTO client_document (
        client_key, document_id, place, kind, number, number_folded, issuer, issued_on, expires_on, content_key,
        extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, submitted_by, submitted_by_email,
        submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment, notice, uploaders
    )
    SELECT
        $40, d.document_id, d.place, d.kind, d.number, d.number_folded, d.issuer, d.issued_on, d.expires_on,
        d.content_key, d.extension, d.size, d.sha256, d.uploaded_by, d.uploaded_by_email, d.uploaded_at,
        d.submitted_by, d.submitted_by_email, d.submitted_at, d.status, d.reviewed_by, d.reviewed_by_email,
        d.reviewed_at, d.comment, d.notice, ARRAY(SELECT json_array_elements_text(d.uploaders::json))
    FROM written, unnest(
        $77::text[], $78::smallint[], $79::smallint[], $80::text[], $81::text[], $82::text[], $83::date[],
        $84::date[], $85::text[], $86::text[], $87::bigint[], $88::text[], $89::text[], $90::text[],
        $91::timestamptz[], $92::text[], $93::text[], $94::timestamptz[], $95::smallint[], $96::text[], $97::text[],
        $98::timestamptz[], $99::text[], $100::smallint[], $101::text[]
    ) d (
        document_id, place, kind, number, number_folded, issuer, issued_on, expires_on, content_key, extension, size,
        sha256, uploaded_by, uploaded_by_email, uploaded_at, submitted_by, submitted_by_email, submitted_at, status,
        reviewed_by, reviewed_by_email, reviewed_at, comment, notice, uploaders
    )
    ON CONFLICT ON CONSTRAINT client_document_pkey DO UPDATE SET (
        content_key, extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, status, reviewed_by,
        reviewed_by_email, reviewed_at, comment, notice, uploaders
    ) = (
        excluded.content_key, excluded.extension, excluded.size, excluded.sha256, excluded.uploaded_by,
        excluded.uploaded_by_email, excluded.uploaded_at, excluded.status, excluded.reviewed_by,
        excluded.reviewed_by_email, excluded.reviewed_at, excluded.comment, excluded.notice, excluded.uploaders
    )
), addresses AS (
    INSERT INTO client_address (
        client_key, address_id, place, line1, line2, city, region, country, postal_code, submitted_by,
        submitted_by_email, submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment
    )
    SELECT
        $40, a.address_id, a.place, a.line1, a.line2, a.city, a.region, a.country, a.postal_code, a.submitted_by,
        a.submitted_by_email, a.submitted_at, a.status, a.reviewed_by, a.reviewed_by_email, a.reviewed_at, a.comment
    FROM written, unnest(
        $102::text[], $103::smallint[], $104::text[], $105::text[], $106::text[], $107::text[], $108::text[],
        $109::text[], $110::text[], $111::text[], $112::timestamptz[], $113::smallint[], $114::text[], $115::text[],
        $116::timestamptz[], $117::text[]
    ) a (
        address_id, place, line1, line2, city, region, country, postal_code, submitted_by, submitted_by_email,
        submitted_at, status, reviewed_by, reviewed_by_email, reviewed_at, comment
    )
    ON CONFLICT ON CONSTRAINT client_address_pkey DO UPDATE SET (
        status, reviewed_by, reviewed_by_email, reviewed_at, comment
    ) = (
        excluded.status, excluded.reviewed_by, excluded.reviewed_by_email, excluded.reviewed_at, excluded.comment
    )
), dequeued AS (
    DELETE FROM client_content_candidate q USING written, unnest($85::text[]) d (content_key)
    WHERE q.content_key = d.content_key
), queued AS (
    INSERT INTO client_content_candidate (content_key, queued_at)
    SELECT r.content_key, r.queued_at
    FROM written, unnest($118::text[], $119::timestamptz[]) r (content_key, queued_at)
    ON CONFLICT ON CONSTRAINT client_content_candidate_pkey DO NOTHING
) SELECT EXISTS (SELECT 1 FROM written) AS done;
