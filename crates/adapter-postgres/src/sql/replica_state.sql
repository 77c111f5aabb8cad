-- What a standby has of its primary: up to where it has replayed the write-ahead log, whether it receives more of it, since
-- when this server runs (within one run it never goes back), and the number that it has in common with its primary.
SELECT pg_is_in_recovery() AS is_standby,
    coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint AS replayed,
    EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AS is_streaming,
    (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS started,
    (SELECT system_identifier FROM pg_control_system()) AS system;
