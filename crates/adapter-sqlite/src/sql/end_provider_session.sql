-- Ends the session that a provider has ended.
DELETE FROM client_session WHERE issuer = :issuer AND provider_session = :provider_session;
