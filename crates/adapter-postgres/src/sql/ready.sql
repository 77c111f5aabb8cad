-- Returns whether the schema can be read, and whether the server is read-only.
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS read_only,
    EXISTS (SELECT 1 FROM client) AS answers;
