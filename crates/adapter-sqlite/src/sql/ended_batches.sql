-- Reads batches that have ended before a time, or were announced before it and never received.
SELECT batch_id FROM client_batch WHERE ended_at < :before OR (state = 'announced' AND announced_at < :before) LIMIT :limit;
