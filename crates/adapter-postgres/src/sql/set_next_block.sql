-- Sets the first id of the next block of ids.
--
-- Parameters: $1 first.
SELECT setval('client_number_block', $1, false) AS first;
