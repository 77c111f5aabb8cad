-- Completes a content with its size.
UPDATE client_content SET size = :size WHERE content_key = :content_key AND size IS NULL;
