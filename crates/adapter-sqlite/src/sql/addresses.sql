-- Reads the addresses of a client, in the order in which they were submitted.
SELECT address_id, line1, line2, city, region, country, postal_code, submitted_by, submitted_by_email, submitted_at,
    status, reviewed_by, reviewed_by_email, reviewed_at, comment, verified, rejection
FROM client_address WHERE client_key = :client_key ORDER BY place;
