-- The timeline of the write-ahead log, and the position up to which it is on the disk: what was committed before is at or
-- before it. Null on a standby.
SELECT CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint END AS position,
    CASE WHEN NOT pg_is_in_recovery() THEN
        ('x' || lpad(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 16, '0'))::bit(64)::bigint
    END AS timeline;
