-- Saves a view in the place of the one of the same person with the same name.
INSERT INTO client_saved_view (owner, name, owner_email, shared, search, columns, saved_at)
VALUES (:owner, :name, :owner_email, :shared, :search, :columns, :saved_at)
ON CONFLICT (owner, name) DO UPDATE
    SET owner_email = excluded.owner_email, shared = excluded.shared, search = excluded.search,
        columns = excluded.columns, saved_at = excluded.saved_at;
