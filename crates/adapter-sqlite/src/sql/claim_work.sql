-- Claims an item, or renews the claim of the same person. It writes no row if another person holds it.
INSERT INTO client_work_claim AS held (client_key, kind, item_id, held_by, held_by_email, held_until)
VALUES (:client_key, :kind, :item_id, :held_by, :held_by_email, :held_until)
ON CONFLICT (client_key, kind, item_id) DO UPDATE
    SET held_by = excluded.held_by, held_by_email = excluded.held_by_email, held_until = excluded.held_until
    WHERE held.held_by = excluded.held_by OR held.held_until <= :now;
