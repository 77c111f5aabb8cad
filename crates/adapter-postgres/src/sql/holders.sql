-- Returns the clients that have a claim, exclusively or not.
--
-- Parameters: $1 kind, $2 digest.
SELECT client_key FROM client_claim WHERE kind = $1 AND digest = $2 ORDER BY client_key;
