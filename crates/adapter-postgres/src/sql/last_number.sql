-- The highest running number of a client, null where there are no clients.
SELECT max(id) AS last FROM client_number;
