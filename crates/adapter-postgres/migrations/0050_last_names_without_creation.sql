-- client_by_last_name_with_creation has everything that this index has.
DROP INDEX CONCURRENTLY IF EXISTS client_by_last_name
