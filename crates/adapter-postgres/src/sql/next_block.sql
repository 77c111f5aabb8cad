-- Takes the next block of ids: its first id.
SELECT nextval('client_number_block') AS first;
