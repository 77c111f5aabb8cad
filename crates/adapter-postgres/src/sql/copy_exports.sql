-- Writes exports of a copy.
--
-- Parameters, one array a column: $1 export_id, $2 exporter, $3 begun_at, $4 ended_at, $5 details.
INSERT INTO client_export (export_id, exporter, begun_at, ended_at, details)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[]);
