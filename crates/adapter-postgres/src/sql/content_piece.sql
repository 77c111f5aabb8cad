-- Reads a piece of a content.
--
-- Parameters: $1 content_key, $2 place.
SELECT bytes FROM client_content_piece WHERE content_key = $1 AND place = $2;
