-- Reads the next saved views in the order of their key, for a copy.
SELECT owner, name, owner_email, shared, search, columns, saved_at FROM client_saved_view
WHERE (owner, name) > (:owner, :name) ORDER BY owner, name LIMIT :limit;
