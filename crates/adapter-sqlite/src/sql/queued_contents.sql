-- Reads a page of the contents that were queued before a moment and are not in the trash.
SELECT content_key FROM client_content_candidate
WHERE trashed_at IS NULL AND queued_at < :before AND content_key > :after
ORDER BY content_key LIMIT :limit;
