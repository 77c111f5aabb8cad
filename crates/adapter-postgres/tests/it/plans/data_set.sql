-- As many clients as $1 says, the same ones each time, spread over names, branches, states and years unevenly.
WITH drawn AS (
    SELECT n,
        abs(hashint8extended(n, 1)) % 10000 / 10000.0 AS a,
        abs(hashint8extended(n, 2)) % 10000 / 10000.0 AS b,
        abs(hashint8extended(n, 3)) % 10000 / 10000.0 AS c,
        abs(hashint8extended(n, 4)) % 10000 / 10000.0 AS d,
        abs(hashint8extended(n, 5)) % 10000 / 10000.0 AS e
    FROM generate_series(1, $1::bigint) n
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
        (ARRAY[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 4, 5, 6, 7]::smallint[])[1 + floor(20 * e)::int] AS state,
        TIMESTAMPTZ '2019-01-01 00:00:00Z' + n * INTERVAL '200 seconds' AS created_at
    FROM drawn
), written AS (
    SELECT *, lower(left(first_name, 1) || '.' || last_name) || n || (ARRAY['@example.com', '@example.org', '@mail.example'])
            [1 + n % 3] AS email,
        '+234' || (7000000000 + abs(hashint8extended(n, 6)) % 2000000000) AS phone,
        (ARRAY['A', 'B', 'NIN', 'P'])[1 + n % 4] || lpad((abs(hashint8extended(n, 7)) % 10000000000)::text, 10, '0') AS paper
    FROM named
), owned AS (
    INSERT INTO client_number (id, client_key) SELECT n, md5(n::text) FROM drawn
)
INSERT INTO client
SELECT md5(n::text), n, 3 + n % 3, state, first_name, middle_name, last_name, email, phone,
    1 + n % 250 || ' Broad Street', (ARRAY['Lagos', 'Abuja', 'Kano', 'Ibadan', 'Enugu'])[1 + floor(5 * d)::int],
    (ARRAY['Lagos', 'FCT', 'Kano', 'Oyo', 'Enugu'])[1 + floor(5 * d)::int], 'NG',
    CASE WHEN n % 5 > 0 THEN n % 4 + 1 END, CASE WHEN n % 3 > 0 THEN 1 + n % 500 END,
    DATE '1940-01-01' + (abs(hashint8extended(n, 8)) % 24000)::int, (ARRAY['Male', 'Female'])[1 + n % 2],
    'International Passport', paper, CASE WHEN n % 20 = 0 THEN 'Corporate' ELSE 'Individual' END,
    -- 200 branches, the largest ones with twenty times as many clients as the least; some clients have none.
    CASE WHEN n % 10 > 0 THEN 'branch-' || floor(200 * e * d) END,
    approval, CASE WHEN approval IS NOT NULL THEN 'checker-' || n % 30 END, NULL,
    CASE WHEN approval IS NOT NULL THEN created_at + INTERVAL '1 hour' END,
    CASE WHEN state = 1 THEN created_at + INTERVAL '2 hours' END,
    CASE WHEN state = 1 THEN ARRAY['TX-' || n] ELSE '{}' END,
    'maker-' || n % 30, NULL, created_at, created_at + INTERVAL '2 hours',
    lower(first_name), lower(middle_name), lower(last_name), lower(concat(first_name, middle_name, last_name)),
    email, lower(1 + n % 250 || ' Broad Street'), lower((ARRAY['Lagos', 'Abuja', 'Kano', 'Ibadan', 'Enugu'])[1 + floor(5 * d)::int]),
    lower((ARRAY['Lagos', 'FCT', 'Kano', 'Oyo', 'Enugu'])[1 + floor(5 * d)::int]), 'nigeria', 'internationalpassport',
    lower(paper),
    lower(concat_ws(E'\n', concat(first_name, middle_name, last_name), concat(last_name, first_name, middle_name),
        CASE WHEN middle_name IS NOT NULL THEN first_name || last_name END, 'CUST' || 1000000 + n, email, phone, paper)),
    -- The makers, and up to which version they are known.
    '[]', 3 + n % 3
FROM written, LATERAL (
    SELECT CASE state WHEN 3 THEN NULL WHEN 5 THEN 'Rejected' ELSE 'Approved' END AS approval
) review
