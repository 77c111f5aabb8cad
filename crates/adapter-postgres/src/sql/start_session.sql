-- Sets what holds for every statement of this connection, and returns the process and the kind of server at the other end.
--
-- Parameters: $1 names of settings, $2 their values.
SELECT a.pid, a.backend_start AS started, pg_is_in_recovery() AS is_standby,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
    (
        SELECT count(set_config(s.name, s.setting, false)) FROM unnest($1::text[], $2::text[]) AS s (name, setting)
    ) AS settings
FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid();
