-- Writes the end of an export that has none.
UPDATE client_export SET ended_at = :ended_at, details = :details
WHERE export_id = :export_id AND ended_at IS NULL;
