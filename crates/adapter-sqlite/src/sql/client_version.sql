-- Reads the version of a client.
SELECT version FROM client WHERE client_key = :client_key;
