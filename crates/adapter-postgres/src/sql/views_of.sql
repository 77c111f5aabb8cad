-- Reads the views that a person sees: its own and the shared ones.
--
-- Parameters: $1 the person.
SELECT owner, name, owner_email, shared, search, columns, saved_at FROM client_saved_view
WHERE owner = $1 OR shared ORDER BY owner, name;
