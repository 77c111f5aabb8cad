-- Writes the values before and after of a line of history.
INSERT INTO client_history_value (
    client_key, version, data
) VALUES (
    :client_key, :version, :data
);
