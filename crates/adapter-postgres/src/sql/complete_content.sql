-- Makes a content complete.
--
-- Parameters: $1 content_key, $2 size.
UPDATE client_content SET size = $2 WHERE content_key = $1 AND size IS NULL RETURNING size;
