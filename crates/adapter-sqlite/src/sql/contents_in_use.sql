-- Returns whether a document names this content.
SELECT 1 AS named FROM client_document WHERE content_key = :content_key LIMIT 1;
