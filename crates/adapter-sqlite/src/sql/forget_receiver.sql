-- Forgets a receiver for which nothing waits.
DELETE FROM client_receiver WHERE name = :receiver;
