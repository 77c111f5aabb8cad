-- Reads the next contents that may be orphans in the order of their keys, for a copy.
SELECT content_key, queued_at, trashed_at FROM client_content_candidate
WHERE content_key > :after ORDER BY content_key LIMIT :limit;
