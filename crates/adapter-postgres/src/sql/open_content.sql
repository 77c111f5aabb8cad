-- Reads the size of a complete content, and its first piece.
--
-- Parameters: $1 content_key.
SELECT c.size, p.bytes FROM client_content c
LEFT JOIN client_content_piece p ON p.content_key = c.content_key AND p.place = 0
WHERE c.content_key = $1 AND c.size IS NOT NULL;
