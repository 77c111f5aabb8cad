-- Deletes a content, complete or not; its pieces go with it.
--
-- Parameters: $1 content_key.
DELETE FROM client_content WHERE content_key = $1;
