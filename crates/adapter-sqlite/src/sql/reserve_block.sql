-- Reserves a block of running numbers above those in use, and answers the first number after it.
UPDATE client_number_block
SET next = max(next, coalesce((SELECT max(id) FROM client), 0) + 1) + :size
RETURNING next;
