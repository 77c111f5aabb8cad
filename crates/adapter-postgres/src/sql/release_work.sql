-- Releases the claim of a person.
--
-- Parameters: $1 client_key, $2 kind, $3 item_id, $4 held_by, $5 now.
DELETE FROM client_work_claim
WHERE client_key = $1 AND kind = $2 AND item_id = $3 AND held_by = $4 AND held_until > $5;
