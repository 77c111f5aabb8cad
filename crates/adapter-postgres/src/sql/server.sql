-- The settings of the server that the safety of the data depends on, and whether the database is spread over a cluster.
SELECT current_setting('server_version_num')::integer AS version,
    current_setting('server_encoding') AS encoding,
    current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('synchronous_standby_names') AS synchronous_standby_names,
    EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') AS is_spread;
