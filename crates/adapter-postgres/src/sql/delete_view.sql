-- Deletes a view.
--
-- Parameters: $1 owner, $2 name, $3 whether it must be shared.
DELETE FROM client_saved_view WHERE owner = $1 AND name = $2 AND (shared OR NOT $3);
