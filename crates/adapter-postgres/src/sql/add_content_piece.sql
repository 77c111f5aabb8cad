-- Writes a piece of a content.
--
-- Parameters: $1 content_key, $2 place, $3 bytes.
INSERT INTO client_content_piece (content_key, place, bytes) VALUES ($1, $2, $3);
