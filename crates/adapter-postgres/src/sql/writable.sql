-- Returns whether this connection may write, and whether its server is no standby.
SELECT current_setting('transaction_read_only') = 'off' AS writable, NOT pg_is_in_recovery() AS is_primary;
