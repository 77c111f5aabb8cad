-- Reads a page of the keys of contents, complete or not.
SELECT content_key FROM client_content WHERE content_key > :after ORDER BY content_key LIMIT :limit;
