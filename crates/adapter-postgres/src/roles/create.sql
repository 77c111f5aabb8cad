-- client-service roles create: by psql, as an administrator of the server. What exists is left as it is.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['clients_owner', 'clients_runtime', 'clients_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        END IF;
    END LOOP;
END $$;
SELECT 'CREATE DATABASE clients OWNER clients_owner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'clients') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE clients FROM PUBLIC;
GRANT CONNECT ON DATABASE clients TO clients_runtime, clients_reader;
\connect clients
CREATE EXTENSION IF NOT EXISTS pg_trgm;
