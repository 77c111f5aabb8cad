-- Reads a page of exports, newest first. A null exporter is all of them; a null time is the first page.
SELECT details FROM client_export
WHERE (:exporter IS NULL OR exporter = :exporter)
    AND (:begun_at IS NULL OR (begun_at, export_id) < (:begun_at, :export_id))
ORDER BY begun_at DESC, export_id DESC LIMIT :limit;
