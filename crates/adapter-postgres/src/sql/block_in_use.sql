-- The last id of a block that a client has which did not get it from the block, as after an import.
--
-- Parameters: $1 first id, $2 last id.
SELECT max(id) AS last FROM client_number WHERE id BETWEEN $1 AND $2;
