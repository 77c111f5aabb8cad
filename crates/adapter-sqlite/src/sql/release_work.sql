-- Releases the claim of a person.
DELETE FROM client_work_claim
WHERE client_key = :client_key AND kind = :kind AND item_id = :item_id AND held_by = :held_by AND held_until > :now;
