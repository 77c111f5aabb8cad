-- Releases a claim.
DELETE FROM client_claim WHERE kind = :kind AND digest = :digest AND client_key = :client_key;
