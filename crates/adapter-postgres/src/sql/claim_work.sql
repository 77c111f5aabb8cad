-- Claims an item, or renews the claim of the same person. No row means that another person holds it.
--
-- Parameters: $1 client_key, $2 kind, $3 item_id, $4 held_by, $5 held_by_email, $6 held_until, $7 now.
INSERT INTO client_work_claim AS held (client_key, kind, item_id, held_by, held_by_email, held_until)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ON CONSTRAINT client_work_claim_pkey DO UPDATE
    SET held_by = excluded.held_by, held_by_email = excluded.held_by_email, held_until = excluded.held_until
    WHERE held.held_by = excluded.held_by OR held.held_until <= $7
RETURNING 1;
