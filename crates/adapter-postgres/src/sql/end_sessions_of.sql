-- Ends every session of a person.
--
-- Parameters: $1 actor.
DELETE FROM client_session WHERE actor = $1;
