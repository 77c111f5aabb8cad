-- Finds the next client with events that wait for a receiver.
SELECT client_key FROM client_delivery
WHERE receiver = :receiver AND discarded_at IS NULL AND client_key > :after
ORDER BY client_key LIMIT 1;
