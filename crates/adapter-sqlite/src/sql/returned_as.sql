-- Reads the client as which an exited client has returned: the one that holds the claim on it.
SELECT c.client_key FROM client_claim c WHERE c.kind = :kind AND c.digest = :digest ORDER BY c.client_key LIMIT 1;
