-- The process of the server at the other end of this connection.
SELECT pid, backend_start AS started FROM pg_stat_activity WHERE pid = pg_backend_pid();
