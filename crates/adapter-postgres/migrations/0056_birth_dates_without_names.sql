-- client_by_birth_date_and_name finds and orders what this index did.
DROP INDEX CONCURRENTLY IF EXISTS client_by_birth_date
