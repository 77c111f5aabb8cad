-- Starts a content, if its key is free.
INSERT INTO client_content (content_key) VALUES (:content_key) ON CONFLICT (content_key) DO NOTHING;
