-- Ends the sessions of a person whom a provider has signed out.
DELETE FROM client_session WHERE issuer = :issuer AND subject = :subject;
