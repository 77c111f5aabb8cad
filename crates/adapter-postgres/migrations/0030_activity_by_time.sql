-- The lines of all histories by time. Lines of one moment are few, so the rest of their order costs no column.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_history_by_time ON client_history (at)
