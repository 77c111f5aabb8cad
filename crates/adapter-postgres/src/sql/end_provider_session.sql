-- Ends the session that a provider has ended.
--
-- Parameters: $1 issuer, $2 provider_session.
DELETE FROM client_session WHERE issuer = $1 AND provider_session = $2;
