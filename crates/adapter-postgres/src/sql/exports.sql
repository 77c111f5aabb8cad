-- Reads a page of exports, newest first.
--
-- Parameters: $1 the exporter, or null for all, $2 begun_at of the last one before the page, or null, $3 its export_id, $4 limit.
SELECT details FROM client_export
WHERE ($1::text IS NULL OR exporter = $1) AND ($2::timestamptz IS NULL OR (begun_at, export_id) < ($2, $3::text))
ORDER BY begun_at DESC, export_id DESC LIMIT $4;
