-- Returns whether a content is there, complete or not.
SELECT 1 AS stored FROM client_content WHERE content_key = :content_key;
