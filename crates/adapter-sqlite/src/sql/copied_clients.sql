-- Reads the next clients in the order of their ids, for a copy.
SELECT id, client_key FROM client WHERE id > :after ORDER BY id LIMIT :limit;
