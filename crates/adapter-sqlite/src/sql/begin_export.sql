-- Stores the line of an export that begins, unless one has its id.
INSERT INTO client_export (export_id, exporter, begun_at, ended_at, details)
VALUES (:export_id, :exporter, :begun_at, :ended_at, :details)
ON CONFLICT (export_id) DO NOTHING;
