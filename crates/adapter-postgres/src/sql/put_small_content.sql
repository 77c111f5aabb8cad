-- Writes a content of one piece, if its key is free.
--
-- Parameters: $1 content_key, $2 size, $3 bytes.
WITH head AS (
    INSERT INTO client_content (content_key, size) VALUES ($1, $2)
    ON CONFLICT ON CONSTRAINT client_content_pkey DO NOTHING RETURNING content_key
)
INSERT INTO client_content_piece (content_key, place, bytes) SELECT content_key, 0, $3 FROM head RETURNING place;
