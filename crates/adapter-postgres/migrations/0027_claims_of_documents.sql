-- Leaves the clients with approved documents that identify them to the recomputation of normal forms, which claims these
-- documents: a release before this one may have approved them without a claim. Clients that it has not computed yet are
-- left to it already. One client a transaction, so that it waits for no other writer while it holds a lock, and can begin anew
-- after it was broken off.
DO $$
DECLARE
    documented text := '';
BEGIN
    PERFORM set_config('synchronous_commit', 'off', false);
    LOOP
        SELECT min(client_key) INTO documented FROM client_document
        WHERE client_key > documented AND status = 1 AND kind IN (1, 2, 3, 4, 7);
        EXIT WHEN documented IS NULL;
        UPDATE client SET normal_form_version = 0
        WHERE client_key = documented AND normal_form_version = version AND state NOT IN (5, 7);
        COMMIT;
    END LOOP;
END
$$
