-- Leaves the former names of the clients that a release before this one has renamed to the values of their history, one client a
-- transaction, so that it waits for no other writer while it holds a lock, and can begin anew after it was broken off.
DO $$
DECLARE
    renamed text := '';
BEGIN
    PERFORM set_config('synchronous_commit', 'off', false);
    LOOP
        SELECT min(v.client_key) INTO renamed FROM client_history_value v
        WHERE v.client_key > renamed AND EXISTS (
            SELECT FROM jsonb_array_elements(v.data -> 'changed') c WHERE c ->> 0 IN ('firstName', 'middleName', 'lastName')
        );
        EXIT WHEN renamed IS NULL;
        UPDATE client SET former_names = NULL WHERE client_key = renamed AND former_names = '[]';
        COMMIT;
    END LOOP;
END
$$
