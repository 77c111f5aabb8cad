-- Deletes claims that have ended, a limited number.
--
-- Parameters: $1 now, $2 limit.
-- The condition is repeated outside: a claim that was made since on the same row is no ended one.
DELETE FROM client_work_claim WHERE held_until <= $1 AND (client_key, kind, item_id) IN (
    SELECT client_key, kind, item_id FROM client_work_claim WHERE held_until <= $1 LIMIT $2
);
