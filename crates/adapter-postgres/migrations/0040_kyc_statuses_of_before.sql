-- Adds the clients that have submitted something already, 500 a transaction, so that no writer waits for it for long. It can begin
-- anew after it was broken off.
--
-- A commit of a client waits until it was added, and its trigger finds the row; one that has changed the client before is waited
-- for. Else its mark would be lost: it found no row to mark. A commit may hold several clients in any order, so this waits only
-- while it holds none.
DO $$
DECLARE
    last   text := '';
    batch  text[];
    locked text[];
    held   text;
BEGIN
    LOOP
        SELECT array_agg(client_key ORDER BY client_key) INTO batch FROM (
            SELECT client_key FROM (
                (SELECT DISTINCT client_key FROM client_document WHERE client_key > last ORDER BY client_key LIMIT 500)
                UNION
                (SELECT DISTINCT client_key FROM client_address WHERE client_key > last ORDER BY client_key LIMIT 500)
            ) submitted ORDER BY client_key LIMIT 500
        ) next;
        EXIT WHEN batch IS NULL;
        SELECT array_agg(client_key) INTO locked FROM (
            SELECT client_key FROM client WHERE client_key = ANY (batch) FOR NO KEY UPDATE SKIP LOCKED
        ) free;
        INSERT INTO client_kyc_status (client_key, changes, rule, status, holds_from, holds_until, computed_at)
        SELECT client_key, 1, NULL, 0, '-infinity', 'infinity', '-infinity' FROM unnest(locked) client_key
        ON CONFLICT ON CONSTRAINT client_kyc_status_pkey DO NOTHING;
        COMMIT;
        FOR held IN SELECT unnest(batch) EXCEPT SELECT unnest(locked) LOOP
            PERFORM FROM client WHERE client_key = held FOR NO KEY UPDATE;
            INSERT INTO client_kyc_status (client_key, changes, rule, status, holds_from, holds_until, computed_at)
            VALUES (held, 1, NULL, 0, '-infinity', 'infinity', '-infinity')
            ON CONFLICT ON CONSTRAINT client_kyc_status_pkey DO NOTHING;
            COMMIT;
        END LOOP;
        last := batch[array_length(batch, 1)];
    END LOOP;
END
$$
