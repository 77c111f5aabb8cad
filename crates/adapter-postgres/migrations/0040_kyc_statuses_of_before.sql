-- Adds the clients that have submitted something already, 5,000 a transaction. It can begin anew after it was broken off.
DO $$
DECLARE
    submitted text[];
BEGIN
    SELECT array_agg(client_key ORDER BY client_key) INTO submitted
    FROM (SELECT client_key FROM client_document UNION SELECT client_key FROM client_address) one;
    FOR place IN 1 .. coalesce(array_length(submitted, 1), 0) BY 5000 LOOP
        -- What a commit adds meanwhile says the same: it is to be computed.
        INSERT INTO client_kyc_status (client_key, changes, rule, status, holds_from, holds_until, computed_at)
        SELECT client_key, 1, NULL, 0, '-infinity', 'infinity', '-infinity'
        FROM unnest(submitted[place : place + 4999]) client_key
        ON CONFLICT ON CONSTRAINT client_kyc_status_pkey DO NOTHING;
        COMMIT;
    END LOOP;
END
$$
