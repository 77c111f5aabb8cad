-- Takes out of a kept database what earlier runs have written: every client above {settled}, with those that wait for approval
-- and all that belongs to them, and the rows that belong to no client. The clients up to {settled} stay.
SET session_replication_role = replica;
CREATE TEMPORARY TABLE gone AS SELECT client_key FROM client WHERE id > {settled};
ANALYZE gone;
DO $$ DECLARE filled text; BEGIN
    FOR filled IN SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'client_key' AND t.table_type = 'BASE TABLE' AND c.table_name <> 'client'
    LOOP
        EXECUTE format('DELETE FROM %I USING gone WHERE %1$I.client_key = gone.client_key', filled);
    END LOOP;
END $$;
DELETE FROM client WHERE id > {settled};
TRUNCATE client_idempotency, client_batch, client_batch_piece, client_deleted_batch, client_export, client_session;
DROP ROLE IF EXISTS {probe}
