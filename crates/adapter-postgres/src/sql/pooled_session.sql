-- Returns the process and the kind of server at the other end, and which of these settings do not hold: a limit holds where it
-- is not longer.
--
-- Parameters: $1 names of settings, $2 their values.
SELECT a.pid, a.backend_start AS started, pg_is_in_recovery() AS is_standby,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
    quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
    ARRAY(
        SELECT s.name FROM unnest($1::text[], $2::text[]) AS s (name, setting)
        JOIN pg_settings AS p ON p.name = s.name
        WHERE CASE p.unit
            WHEN 'ms' THEN p.setting::bigint NOT BETWEEN 1 AND s.setting::bigint
            ELSE p.setting <> s.setting
        END
        ORDER BY s.name
    ) AS missing
FROM pg_stat_activity AS a WHERE a.pid = pg_backend_pid();
