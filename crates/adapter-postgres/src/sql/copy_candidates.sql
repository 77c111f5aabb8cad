-- Writes contents of a copy that may be orphans.
--
-- Parameters, one array a column: $1 content_key, $2 queued_at, $3 trashed_at.
INSERT INTO client_content_candidate (content_key, queued_at, trashed_at)
SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]);
