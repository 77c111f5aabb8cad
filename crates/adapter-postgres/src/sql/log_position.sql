-- The position up to which the write-ahead log is on the disk: what was committed before is at or before it. Null on a
-- standby.
SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint END AS position;
