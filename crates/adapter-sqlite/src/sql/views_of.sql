-- Reads the views that a person sees: its own and the shared ones.
SELECT owner, name, owner_email, shared, search, columns, saved_at FROM client_saved_view
WHERE owner = :actor OR shared = 1 ORDER BY owner, name;
