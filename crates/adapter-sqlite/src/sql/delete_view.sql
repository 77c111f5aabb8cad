-- Deletes a view.
DELETE FROM client_saved_view WHERE owner = :owner AND name = :name AND (shared = 1 OR NOT :only_shared);
