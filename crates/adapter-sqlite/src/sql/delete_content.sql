-- Deletes a content, complete or not; its pieces go with it.
DELETE FROM client_content WHERE content_key = :content_key;
