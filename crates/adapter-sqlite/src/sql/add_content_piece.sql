-- Adds a piece to a content.
INSERT INTO client_content_piece (content_key, place, bytes) VALUES (:content_key, :place, :bytes);
