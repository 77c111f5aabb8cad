-- Finds the next client with open events.
SELECT client_key FROM client_outbox
WHERE delivered_at IS NULL AND discarded_at IS NULL AND client_key > :after
ORDER BY client_key LIMIT 1;
