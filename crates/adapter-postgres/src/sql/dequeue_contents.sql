-- Removes contents from the queue and from the list of the trash.
--
-- Parameters: $1 content_keys.
DELETE FROM client_content_candidate WHERE content_key = ANY($1);
