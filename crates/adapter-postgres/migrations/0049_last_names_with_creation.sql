-- Last names in their order, each with the moment of creation: the newest clients with a name are found in the index alone,
-- however many have it, and only the rows of the page are read. It takes the place of client_by_last_name.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_by_last_name_with_creation ON client (last_name_folded, id) INCLUDE (created_at)
