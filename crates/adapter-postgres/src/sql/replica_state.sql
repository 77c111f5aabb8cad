-- What a standby has of its primary: up to where it has replayed the write-ahead log, and of which timeline; whether it
-- receives more of it; since when this server runs (within one run it never goes back); and the numbers that it has in common
-- with its primary: of the server, and of the database.
-- The timeline is that of the log it receives. A role that may not see it (it needs pg_read_all_stats) reads the timeline of
-- the latest restart point, which stays behind for up to checkpoint_timeout after a failover.
SELECT pg_is_in_recovery() AS is_standby,
    coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint AS replayed,
    coalesce(
        (SELECT received_tli FROM pg_stat_wal_receiver),
        greatest((SELECT timeline_id FROM pg_control_checkpoint()),
            (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
    )::bigint AS timeline,
    EXISTS (SELECT 1 FROM pg_stat_wal_receiver) AS is_streaming,
    (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS started,
    (SELECT system_identifier FROM pg_control_system()) AS system,
    (SELECT oid FROM pg_database WHERE datname = current_database())::bigint AS database;
