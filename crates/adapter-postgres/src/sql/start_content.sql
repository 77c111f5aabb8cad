-- Starts a content of several pieces, if its key is free.
--
-- Parameters: $1 content_key.
INSERT INTO client_content (content_key) VALUES ($1)
ON CONFLICT ON CONSTRAINT client_content_pkey DO NOTHING RETURNING content_key;
