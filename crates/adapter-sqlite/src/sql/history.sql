-- Reads a page of the history of a client, newest line first. A bound that is null is none, and events are JSON, of all kinds where there
-- are none.
SELECT version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed, reason, notes,
    transaction_reference, transaction_date, document_id, address_id, amendment_version, reason_code, reason_text,
    requested_documents,
    CASE WHEN :with_values THEN (
        SELECT v.data FROM client_history_value v WHERE v.client_key = h.client_key AND v.version = h.version
    ) END AS line_values
FROM client_history h
WHERE client_key = :client_key
    AND version < coalesce(:before, 9223372036854775807) AND version > coalesce(:after, 0)
    AND (:events = '[]' OR event IN (SELECT value FROM json_each(:events)))
ORDER BY version DESC LIMIT :limit;
