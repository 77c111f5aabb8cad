-- Returns which of these processes of the server exist and are not idle.
--
-- Parameters: $1 pids.
SELECT pid, backend_start AS started FROM pg_stat_activity
WHERE pid = ANY($1) AND state IS DISTINCT FROM 'idle';
