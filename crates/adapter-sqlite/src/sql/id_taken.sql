-- Returns whether a client has this id.
SELECT 1 AS taken FROM client WHERE id = :id;
