-- An index for words inside the search text. It takes the extension pg_trgm, which comes with PostgreSQL's contrib
-- package and may be created by the owner of a database. Where it is not installed every search still answers, by
-- looking at each client; the index can be created later with the same two statements.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX IF NOT EXISTS client_by_word ON client USING gin (search_text gin_trgm_ops);
    ELSE
        RAISE WARNING 'pg_trgm is not installed: searches for words look at every client';
    END IF;
END
$$;
