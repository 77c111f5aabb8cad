-- Ends the session that a provider has ended, and those of the person whose session at the provider is unknown.
--
-- Parameters: $1 issuer, $2 provider_session, $3 subject, or null.
DELETE FROM client_session
WHERE issuer = $1 AND (provider_session = $2 OR (provider_session IS NULL AND subject = $3));
