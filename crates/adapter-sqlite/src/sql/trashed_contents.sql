-- Reads a page of the contents that were moved to the trash before a moment.
SELECT content_key FROM client_content_candidate
WHERE trashed_at < :before AND content_key > :after
ORDER BY content_key LIMIT :limit;
