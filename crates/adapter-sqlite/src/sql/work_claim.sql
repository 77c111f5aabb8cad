-- Reads the claim of an item that has not ended.
SELECT held_by, held_by_email, held_until FROM client_work_claim
WHERE client_key = :client_key AND kind = :kind AND item_id = :item_id AND held_until > :now;
