-- Writes the normal forms of clients as they were read: folded columns, former names, numbers of documents, and claims. A
-- client that is being written or was written since is left out, and keeps its old forms. Versions stay, and no history is written.
-- A claim that another client has too stays with the older client, exclusively if that was so of what the release before
-- stored: the former form of the value, or for a document the identification. The other client has it beside it, which
-- refuses no command of either. Claims are taken in the order of their values, as every commit takes them.
--
-- Parameters (one array a column):
--   clients: $1 client_key, $2 version, $3 first_name_folded, $4 middle_name_folded, $5 last_name_folded,
--     $6 full_name_folded, $7 email_folded, $8 address_folded, $9 city_folded, $10 region_folded, $11 country_folded,
--     $12 identification_type_folded, $13 identification_number_folded, $14 search_text, $15 first_name_passport,
--     $16 middle_name_passport, $17 last_name_passport, $18 former_names (JSON), $19 former_names_folded
--   documents: $20 client_key, $21 document_id, $22 number_folded
--   claims that the release before did not store: $23 client_key, $24 kind, $25 digest, $26 digest of what it stored instead
--   $27 number of the lock of the process that recomputes: where another one has it, nothing is done
WITH turn AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock($27::bigint) AS is_ours
), wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        $1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
        $18::text[], $19::text[]
    ) w (
        client_key, version, first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded,
        address_folded, city_folded, region_folded, country_folded, identification_type_folded,
        identification_number_folded, search_text, first_name_passport, middle_name_passport, last_name_passport,
        former_names, former_names_folded
    )
), locked AS MATERIALIZED (
    SELECT c.client_key, c.id FROM client c JOIN wanted w ON w.client_key = c.client_key AND w.version = c.version
    WHERE (SELECT is_ours FROM turn)
        AND (c.normal_form < 2 OR c.normal_form_version <> c.version OR c.former_names IS NULL)
    ORDER BY c.client_key FOR UPDATE OF c SKIP LOCKED
), updated AS (
    UPDATE client c SET (
        first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded, address_folded,
        city_folded, region_folded, country_folded, identification_type_folded, identification_number_folded,
        search_text, first_name_passport, middle_name_passport, last_name_passport, normal_form, normal_form_version,
        former_names, former_names_folded
    ) = (
        w.first_name_folded, w.middle_name_folded, w.last_name_folded, w.full_name_folded, w.email_folded,
        w.address_folded, w.city_folded, w.region_folded, w.country_folded, w.identification_type_folded,
        w.identification_number_folded, w.search_text, w.first_name_passport, w.middle_name_passport,
        w.last_name_passport, 2, w.version, w.former_names::jsonb, w.former_names_folded
    )
    FROM wanted w JOIN locked USING (client_key) WHERE c.client_key = w.client_key
    RETURNING 1
), documents AS (
    UPDATE client_document d SET number_folded = n.number_folded
    FROM unnest($20::text[], $21::text[], $22::text[]) n (client_key, document_id, number_folded)
        JOIN locked USING (client_key)
    WHERE d.client_key = n.client_key AND d.document_id = n.document_id AND d.number_folded <> n.number_folded
    RETURNING 1
), claims AS MATERIALIZED (
    SELECT t.client_key, l.id, t.kind, t.digest, coalesce(f.exclusive, false) AS exclusive
    FROM unnest($23::text[], $24::text[], $25::bytea[], $26::bytea[]) t (client_key, kind, digest, former)
    JOIN locked l USING (client_key)
    LEFT JOIN client_claim f ON f.kind = t.kind AND f.digest = t.former AND f.client_key = t.client_key
    WHERE NOT EXISTS (
        SELECT 1 FROM client_claim o WHERE o.kind = t.kind AND o.digest = t.digest AND o.client_key = t.client_key
    )
), rivals AS MATERIALIZED (
    SELECT c.client_key, c.kind, c.digest, o.id < c.id AS is_older, true AS is_stored
    FROM claims c
    JOIN client_claim r ON r.kind = c.kind AND r.digest = c.digest AND r.client_key <> c.client_key
    JOIN client o ON o.client_key = r.client_key
    UNION ALL
    SELECT c.client_key, c.kind, c.digest, o.id < c.id, false
    FROM claims c JOIN claims o ON o.kind = c.kind AND o.digest = c.digest AND o.client_key <> c.client_key
), kept AS MATERIALIZED (
    SELECT c.client_key, c.kind, c.digest, c.exclusive AND NOT EXISTS (
            SELECT 1 FROM rivals r
            WHERE r.client_key = c.client_key AND r.kind = c.kind AND r.digest = c.digest AND r.is_older
        ) AS exclusive
    FROM claims c
), shared AS (
    UPDATE client_claim r SET exclusive = false
    FROM kept k
    WHERE k.exclusive AND r.kind = k.kind AND r.digest = k.digest AND r.client_key <> k.client_key AND r.exclusive
    RETURNING 1
), taken AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT k.kind, k.digest, k.client_key, k.exclusive FROM kept k, (SELECT count(*) FROM shared) first
    ORDER BY k.kind, k.digest
    ON CONFLICT ON CONSTRAINT client_claim_pkey DO NOTHING
)
SELECT (SELECT count(*) FROM updated) AS recomputed,
    (SELECT count(DISTINCT (client_key, kind)) FROM rivals WHERE is_older OR is_stored) AS shared_claims,
    (SELECT is_ours FROM turn) AS has_turn;
