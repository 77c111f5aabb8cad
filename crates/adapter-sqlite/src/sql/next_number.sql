-- Reads the first running number that is neither in use nor reserved.
SELECT max(next, coalesce((SELECT max(id) FROM client), 0) + 1) AS next FROM client_number_block;
