-- Removes a content from the queue and from the trash list.
DELETE FROM client_content_candidate WHERE content_key = :content_key;
