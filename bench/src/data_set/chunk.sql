-- The clients with the numbers {first} to {last}, with everything that the service would have written for them: claims,
-- history and delivered events. The same ones each time; clients above {settled} wait for approval.
WITH drawn AS (
    SELECT n,
        abs(hashint8extended(n, 1)) % 10000 / 10000.0 AS a,
        abs(hashint8extended(n, 2)) % 10000 / 10000.0 AS b,
        abs(hashint8extended(n, 3)) % 10000 / 10000.0 AS c,
        abs(hashint8extended(n, 4)) % 10000 / 10000.0 AS d,
        abs(hashint8extended(n, 5)) % 10000 / 10000.0 AS e
    FROM generate_series({first}::bigint, {last}::bigint) n
), named AS (
    SELECT n, d, e,
        -- 60 first names, of which the first few are frequent.
        (ARRAY['Ada', 'Chinedu', 'Ngozi', 'Emeka', 'Amina', 'Musa', 'Fatima', 'Yusuf', 'Blessing', 'Samuel', 'Grace',
            'Ibrahim', 'Zainab', 'Tunde', 'Folake', 'Kemi', 'Segun', 'Bola', 'Chioma', 'Uche'])[1 + floor(20 * a * a)::int]
            || (ARRAY['', '', 'lyn', 'bert'])[1 + floor(4 * b)::int] AS first_name,
        CASE WHEN c < 0.4 THEN (ARRAY['Obi', 'Tola', 'Sade', 'Efe', 'Nneka', 'Jide', 'Halima', 'Bayo'])[1 + floor(20 * c)::int]
            END AS middle_name,
        -- 4,000 last names.
        (ARRAY['Oka', 'Ade', 'Bal', 'Eze', 'Nwo', 'Abu', 'Ogu', 'Ola', 'Dan', 'Ibe', 'Oko', 'Ume', 'Ani', 'Ojo', 'Ala',
            'Igw', 'Uzo', 'Mba', 'Eke', 'Osa'])[1 + floor(20 * b * b)::int]
            || (ARRAY['for', 'bay', 'ogu', 'ewu', 'kan', 'bak', 'ola', 'mba', 'chi', 'nna', 'fem', 'dim', 'tun', 'rin', 'wal',
            'kus', 'jim', 'lad', 'gar', 'zek'])[1 + floor(20 * c)::int]
            || (ARRAY['', 'o', 'a', 'i', 'u', 'wa', 'mi', 're', 'nu', 'ke'])[1 + floor(10 * d)::int] AS last_name,
        CASE WHEN n > {settled} THEN 3 ELSE
            (ARRAY[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 4, 5, 6, 7])[1 + floor(20 * e)::int]
            END::smallint AS state,
        TIMESTAMPTZ '2019-01-01 00:00:00Z' + n * INTERVAL '{seconds} seconds' AS created_at
    FROM drawn
), person AS MATERIALIZED (
    SELECT *, md5(n::text) AS key,
        CASE WHEN state = 3 THEN 1 WHEN state IN (4, 5) THEN 2 ELSE 3 END AS version,
        lower(left(first_name, 1) || '.' || last_name) || n
            || (ARRAY['@example.com', '@example.org', '@mail.example'])[1 + n % 3] AS email,
        '+234' || (7000000000 + n) AS phone,
        -- Each number once, in no order.
        (ARRAY['A', 'B', 'NIN', 'P'])[1 + n % 4] || lpad((n * 6364136223 % 10000000000)::text, 10, '0') AS paper,
        (ARRAY['Lagos', 'Abuja', 'Kano', 'Ibadan', 'Enugu'])[1 + floor(5 * d)::int] AS city,
        (ARRAY['Lagos', 'FCT', 'Kano', 'Oyo', 'Enugu'])[1 + floor(5 * d)::int] AS region,
        CASE state WHEN 3 THEN NULL WHEN 5 THEN 'Rejected' ELSE 'Approved' END AS approval
    FROM named
), numbered AS (
    INSERT INTO client_number (id, client_key) SELECT n, key FROM person
), claimed AS (
    INSERT INTO client_claim (kind, digest, client_key, exclusive)
    SELECT claim.kind, sha256(convert_to(claim.value, 'UTF8')), key, claim.kind <> 'phone'
    FROM person, LATERAL (VALUES
        ('identification', 'internationalpassport' || chr(31) || lower(paper)),
        ('email', lower(email)),
        ('phone', ltrim(phone, '+'))
    ) claim (kind, value)
    WHERE state NOT IN (5, 7)
), step AS MATERIALIZED (
    SELECT key, step.*, created_at + (step.version - 1) * INTERVAL '1 hour' AS at, n
    FROM person, LATERAL (VALUES
        (1, 'ClientCreated', 'CreateContactCommand', 0, 'create', 3, 'maker-' || n % 30),
        (2, CASE state WHEN 5 THEN 'ClientRejected' ELSE 'ClientApproved' END,
            CASE state WHEN 5 THEN 'RejectCustomerCommand' ELSE 'ApproveCustomerCommand' END,
            3, CASE state WHEN 5 THEN 'reject' ELSE 'approve' END, CASE state WHEN 5 THEN 5 ELSE 4 END,
            'checker-' || n % 30),
        (3, CASE state WHEN 1 THEN 'ClientActivated' WHEN 6 THEN 'ClientBlacklisted' ELSE 'ClientExited' END,
            CASE state WHEN 1 THEN 'RecordCustomerTransactionCommand' WHEN 6 THEN 'BlacklistCustomerCommand'
                ELSE 'ExitCustomerCommand' END,
            4, CASE state WHEN 1 THEN 'activate' WHEN 6 THEN 'blacklist' ELSE 'exit' END, state,
            'maker-' || n % 30)
    ) step (version, event, command, from_state, action, to_state, actor)
    WHERE step.version <= person.version
), lines AS (
    INSERT INTO client_history (client_key, version, event, command, request_id, actor, at, from_state, action, to_state,
        changed, reason, transaction_reference)
    SELECT key, version, event, command, 'crowd-' || n || '-' || version, actor, at, from_state, action, to_state, '',
        CASE WHEN to_state IN (5, 6, 7) THEN 'As in the papers.' END, CASE WHEN to_state = 1 THEN 'TX-' || n END
    FROM step
), events AS (
    INSERT INTO client_outbox (client_key, version, event_id, event, at, data, delivered_at)
    SELECT key, version, md5('event' || n || '-' || version), event, at,
        json_build_object('contactEncodedKey', key, 'version', version, 'changedFields', '[]'::json), at + INTERVAL '1 second'
    FROM step
)
INSERT INTO client (
    client_key, id, version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
    marital_status, account_officer, birth_date, gender, identification_type, identification_number, customer_type, branch,
    approval, approval_by, approval_at, activated_at, activations, created_by, created_at, modified_at,
    first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded, address_folded, city_folded,
    region_folded, country_folded, identification_type_folded, identification_number_folded, search_text,
    makers, makers_version, approval_by_normal, normal_form, normal_form_version
)
SELECT key, n, version, state, first_name, middle_name, last_name, email, phone, 1 + n % 250 || ' Broad Street', city,
    region, 'NG', CASE WHEN n % 5 > 0 THEN n % 4 + 1 END, CASE WHEN n % 3 > 0 THEN 1 + n % 500 END,
    DATE '1940-01-01' + (abs(hashint8extended(n, 8)) % 24000)::int, (ARRAY['Male', 'Female'])[1 + n % 2],
    'International Passport', paper, CASE WHEN n % 20 = 0 THEN 'Corporate' ELSE 'Individual' END,
    -- 200 branches, the largest ones with twenty times as many clients as the least; some clients have none.
    CASE WHEN n % 10 > 0 THEN 'branch-' || floor(200 * e * d) END,
    approval, CASE WHEN approval IS NOT NULL THEN 'checker-' || n % 30 END,
    CASE WHEN approval IS NOT NULL THEN created_at + INTERVAL '1 hour' END,
    CASE WHEN state = 1 THEN created_at + INTERVAL '2 hours' END,
    CASE WHEN state = 1 THEN ARRAY['TX-' || n] ELSE '{}' END,
    'maker-' || n % 30, created_at, created_at + (version - 1) * INTERVAL '1 hour',
    lower(first_name), lower(middle_name), lower(last_name), lower(concat(first_name, middle_name, last_name)),
    email, lower(1 + n % 250 || ' Broad Street'), lower(city), lower(region), 'nigeria', 'internationalpassport',
    lower(paper), lower(concat_ws(E'\n', concat(first_name, middle_name, last_name), concat(last_name, first_name, middle_name),
        CASE WHEN middle_name IS NOT NULL THEN first_name || last_name END, 'CUST' || 1000000 + n, email, phone, paper)),
    CASE state
        WHEN 3 THEN jsonb_build_array(jsonb_build_array('maker-' || n % 30, 1))
        WHEN 6 THEN jsonb_build_array(jsonb_build_array('maker-' || n % 30, 32))
        ELSE '[]'
    END,
    version, CASE WHEN approval IS NOT NULL THEN 'checker-' || n % 30 END, 2, version
FROM person
