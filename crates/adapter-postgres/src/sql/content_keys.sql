-- Reads a page of the keys of contents, complete or not.
--
-- Parameters: $1 content_key to go on after, or null, $2 limit.
SELECT content_key FROM client_content WHERE $1::text IS NULL OR content_key > $1
ORDER BY content_key LIMIT $2;
