-- Returns whether a content exists, complete or not.
--
-- Parameters: $1 content_key.
SELECT content_key FROM client_content WHERE content_key = $1;
