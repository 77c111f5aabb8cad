-- Returns whether this connection may write.
SELECT current_setting('transaction_read_only') = 'off' AS writable;
