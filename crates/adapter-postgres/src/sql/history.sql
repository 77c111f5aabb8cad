-- Reads a page of the history of a client, newest line first.
--
-- Parameters: $1 client_key, $2 version to end before, or null, $3 version to begin after, or null, $4 limit.
SELECT version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed, reason, notes,
    transaction_reference, transaction_date, document_id, address_id
FROM client_history
WHERE client_key = $1 AND ($2::bigint IS NULL OR version < $2) AND ($3::bigint IS NULL OR version > $3)
ORDER BY version DESC LIMIT $4;
