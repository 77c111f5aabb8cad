-- Reads a page of the queue of a branch.
SELECT client_key, item_id, since FROM client_work_item
WHERE branch = :branch AND kind = :kind AND (since, client_key, item_id) > (:since, :client_key, :item_id)
ORDER BY since, client_key, item_id LIMIT :limit;
