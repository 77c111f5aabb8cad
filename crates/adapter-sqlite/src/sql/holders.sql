-- Returns the clients that have a claim, exclusively or not.
SELECT client_key FROM client_claim WHERE kind = :kind AND digest = :digest ORDER BY client_key;
