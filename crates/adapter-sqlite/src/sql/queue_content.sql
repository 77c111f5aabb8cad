-- Queues a content that may be an orphan. One that is queued or in the trash stays as it is.
INSERT INTO client_content_candidate (content_key, queued_at) VALUES (:content_key, :queued_at)
ON CONFLICT (content_key) DO NOTHING;
