-- Reads a piece of a content.
SELECT bytes FROM client_content_piece WHERE content_key = :content_key AND place = :place;
