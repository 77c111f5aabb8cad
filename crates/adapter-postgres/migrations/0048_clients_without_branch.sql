-- The clients without a branch, which are in no index of branches, so that a count by branch reads each client once.
CREATE INDEX CONCURRENTLY IF NOT EXISTS client_without_branch ON client (state) WHERE branch IS NULL
