-- Fills in what waits already, 500 clients a transaction, so that it waits for no other writer for long. It can begin anew
-- after it was broken off.
DO $$
DECLARE
    waiting text[];
    batch   text[];
BEGIN
    SELECT array_agg(DISTINCT client_key ORDER BY client_key) INTO waiting FROM client_waiting;
    FOR place IN 1 .. coalesce(array_length(waiting, 1), 0) BY 500 LOOP
        batch := waiting[place : place + 499];
        -- A commit of one of them waits, and its trigger finds what is written here.
        PERFORM FROM client WHERE client_key = ANY (batch) ORDER BY client_key FOR NO KEY UPDATE;
        INSERT INTO client_work_item (client_key, kind, item_id, since, branch)
        SELECT w.client_key, w.kind, w.item_id, w.since, w.branch FROM client_waiting w WHERE w.client_key = ANY (batch)
        ON CONFLICT ON CONSTRAINT client_work_item_pkey DO NOTHING;
        COMMIT;
    END LOOP;
END
$$
