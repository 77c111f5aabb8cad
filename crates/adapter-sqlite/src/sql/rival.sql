-- Returns whether another client has a claim, exclusively or not.
SELECT 1 AS taken FROM client_claim
WHERE kind = :kind AND digest = :digest AND client_key IS NOT :client_key LIMIT 1;
