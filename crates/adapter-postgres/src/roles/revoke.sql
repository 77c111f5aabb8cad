REVOKE ALL ON ALL TABLES IN SCHEMA public FROM clients_runtime;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM clients_runtime;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clients_reader') THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM clients_reader;
    END IF;
END $$;
