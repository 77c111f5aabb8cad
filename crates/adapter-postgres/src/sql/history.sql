-- Reads a page of the history of a client, newest line first.
--
-- Parameters: $1 client_key, $2 version to end before, or null, $3 version to begin after, or null, $4 limit,
--   $5 whether the values before and after are read too, $6 events, or none for all.
SELECT version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed, reason, notes,
    transaction_reference, transaction_date, document_id, address_id, amendment_version, reason_code, reason_text,
    requested_documents,
    CASE WHEN $5 THEN (
        SELECT v.data::text FROM client_history_value v WHERE v.client_key = h.client_key AND v.version = h.version
    ) END AS line_values
FROM client_history h
WHERE client_key = $1 AND ($2::bigint IS NULL OR version < $2) AND ($3::bigint IS NULL OR version > $3)
    AND ($6::text[] = '{}' OR event = ANY ($6))
ORDER BY version DESC LIMIT $4;
