-- Forgets a receiver. What waits for it is deleted afterwards.
--
-- Parameters: $1 name.
DELETE FROM client_receiver WHERE name = $1;
