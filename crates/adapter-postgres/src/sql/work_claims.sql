-- Reads the claims of items that have not ended.
--
-- Parameters: $1 client_keys, $2 kinds, $3 item_ids, $4 now.
SELECT c.client_key, c.kind, c.item_id, c.held_by, c.held_by_email, c.held_until
FROM unnest($1::text[], $2::text[], $3::text[]) AS i (client_key, kind, item_id)
JOIN client_work_claim c ON c.client_key = i.client_key AND c.kind = i.kind AND c.item_id = i.item_id
WHERE c.held_until > $4;
