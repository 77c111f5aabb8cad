-- Ends the session that a provider has ended, and those of the person whose session at the provider is unknown.
DELETE FROM client_session
WHERE issuer = :issuer AND (provider_session = :provider_session OR (provider_session IS NULL AND subject = :subject));
