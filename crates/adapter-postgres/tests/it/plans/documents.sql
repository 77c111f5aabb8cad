-- Every second client has an identity document, every fourth two, the same ones each time; every third has an address.
-- Most are approved; most expire on some day between 2024 and 2034, and on 2026-01-05 all notices that were due were
-- given.
WITH handed_in AS (
    SELECT c.client_key, c.created_at AS at, c.created_by AS maker, c.id, place, md5(c.id || '-' || place) AS document_id,
        1 + abs(hashint8extended(c.id, 10 + place)) % 8 AS kind,
        lpad((abs(hashint8extended(c.id, 20 + place)) % 100000000)::text, 8, '0') AS digits,
        (ARRAY[1, 1, 1, 1, 1, 1, 1, 0, 0, 2])[1 + abs(hashint8extended(c.id, 30 + place)) % 10] AS status,
        abs(hashint8extended(c.id, 40 + place)) % 3650 AS days
    FROM client c, generate_series(0, 1) place
    WHERE c.id % (2 * (1 + place)) = 0
), addressed AS (
    INSERT INTO client_address
        (client_key, address_id, place, line1, city, region, country, submitted_by, submitted_at, status, reviewed_by,
         reviewed_at)
    SELECT client_key, md5('address ' || id), 0, address, city, region, country, created_by, created_at, (id % 2)::smallint,
        CASE WHEN id % 2 = 1 THEN 'reviewer-' || id % 30 END,
        CASE WHEN id % 2 = 1 THEN created_at + INTERVAL '1 hour' END
    FROM client WHERE id % 3 = 0
)
INSERT INTO client_document
    (client_key, document_id, place, kind, number, number_folded, expires_on, content_key, extension, size, sha256,
     uploaded_by, uploaded_at, submitted_by, submitted_at, status, reviewed_by, reviewed_at, comment, notice)
SELECT client_key, document_id, place, kind, 'A' || digits, 'a' || digits,
    CASE WHEN days % 8 > 0 THEN DATE '2024-01-01' + days::int END, document_id, '.pdf', 100000,
    encode(sha256(document_id::bytea), 'hex'), maker, at, maker, at, status,
    CASE WHEN status > 0 THEN 'reviewer-' || id % 30 END, CASE WHEN status > 0 THEN at + INTERVAL '1 hour' END,
    CASE WHEN status = 2 THEN 'blurred' END,
    CASE
        WHEN days % 8 = 0 OR days > 765 THEN 0
        WHEN days < 735 THEN 2
        ELSE 1
    END
FROM handed_in
