-- Reads the size of a complete content.
SELECT size FROM client_content WHERE content_key = :content_key AND size IS NOT NULL;
