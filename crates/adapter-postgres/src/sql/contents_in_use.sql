-- Returns which of these contents a document names.
--
-- Parameters: $1 content_keys.
SELECT DISTINCT d.content_key FROM client_document d WHERE d.content_key = ANY($1);
