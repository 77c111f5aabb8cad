-- Ends the sessions of a person whom a provider has signed out.
--
-- Parameters: $1 issuer, $2 subject.
DELETE FROM client_session WHERE issuer = $1 AND subject = $2;
