-- The moment since which so many of the newest clients were created, no row where there are fewer.
--
-- Parameters: $1 how many.
SELECT created_at FROM client ORDER BY created_at DESC, id DESC OFFSET $1 LIMIT 1;
