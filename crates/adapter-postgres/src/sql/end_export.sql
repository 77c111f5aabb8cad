-- Writes the end of an export that has none.
--
-- Parameters: $1 export_id, $2 ended_at, $3 details.
UPDATE client_export SET ended_at = $2, details = $3 WHERE export_id = $1 AND ended_at IS NULL RETURNING export_id;
