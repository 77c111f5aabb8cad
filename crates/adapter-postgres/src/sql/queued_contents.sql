-- Reads a page of the contents that were queued before a moment and are not in the trash.
--
-- Parameters: $1 moment, $2 content_key to go on after, or null, $3 limit.
SELECT content_key FROM client_content_candidate
WHERE trashed_at IS NULL AND queued_at < $1 AND ($2::text IS NULL OR content_key > $2)
ORDER BY content_key LIMIT $3;
