-- The clients that returned from a record, in the order of lists. Few clients have, so the index costs the others nothing.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_by_former_client ON client (former_client, created_at, id)
    WHERE former_client IS NOT NULL
