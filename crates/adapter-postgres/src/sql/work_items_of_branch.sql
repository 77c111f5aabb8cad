-- Reads a page of the queue of a branch.
--
-- Parameters: $1 kind, $2, $3 and $4 the place after which it begins (since, client_key, item_id), $5 limit, $6 branch.
SELECT client_key, item_id, since FROM client_work_item
WHERE branch = $6 AND kind = $1 AND (since, client_key, item_id) > ($2, $3, $4)
ORDER BY since, client_key, item_id LIMIT $5;
