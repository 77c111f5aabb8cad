-- Reads the next exports in the order of their key, for a copy.
SELECT details FROM client_export WHERE export_id > :export_id ORDER BY export_id LIMIT :limit;
