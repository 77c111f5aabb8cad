-- Deletes claims that have ended, a limited number.
DELETE FROM client_work_claim WHERE (client_key, kind, item_id) IN (
    SELECT client_key, kind, item_id FROM client_work_claim WHERE held_until <= :now LIMIT :limit
);
