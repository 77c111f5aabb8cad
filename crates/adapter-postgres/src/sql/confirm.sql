-- Writes a message into the write-ahead log and no row. The server confirms it as it confirms a write of clients.
SELECT pg_logical_emit_message(true, 'clients', '');
