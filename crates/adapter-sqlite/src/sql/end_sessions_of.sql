-- Ends every session of a person.
DELETE FROM client_session WHERE actor = :actor;
