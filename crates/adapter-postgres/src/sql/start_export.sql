-- Stores the line of an export that begins, unless one has its id.
--
-- Parameters: $1 export_id, $2 exporter, $3 begun_at, $4 ended_at, $5 details.
INSERT INTO client_export (export_id, exporter, begun_at, ended_at, details)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT ON CONSTRAINT client_export_pkey DO NOTHING;
