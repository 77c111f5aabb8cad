-- What one actor did, by time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_history_by_actor ON client_history (actor, at)
