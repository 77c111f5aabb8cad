-- Queues a content that may be an orphan.
--
-- Parameters: $1 content_key, $2 queued_at.
INSERT INTO client_content_candidate (content_key, queued_at) VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT client_content_candidate_pkey DO NOTHING;
