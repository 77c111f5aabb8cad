-- Reads a page of the contents that were moved to the trash before a moment.
--
-- Parameters: $1 moment, $2 content_key to go on after, or null, $3 limit.
SELECT content_key FROM client_content_candidate
WHERE trashed_at < $1 AND ($2::text IS NULL OR content_key > $2)
ORDER BY content_key LIMIT $3;
