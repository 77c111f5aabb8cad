-- Deletes everything that waits for a receiver.
DELETE FROM client_delivery WHERE receiver = :receiver;
