-- The events of one kind, by time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_history_by_event ON client_history (event, at)
