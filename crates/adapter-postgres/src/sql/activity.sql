-- Reads a page of the lines of all histories, newest line first, by the index of the time, of the actor or of the event.
--
-- The server plans it with its values in view, so that a condition that is not asked for costs nothing.
--
-- Parameters: $1 actor, or null, $2 event, or null, $3 first moment, or null, $4 moment to end before, or null,
--   $5, $6 and $7 the position of the last line of the page before: moment, client_key and version, or nulls,
--   $8 limit, $9 branch, or null.
SELECT client_key, version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed, reason, notes,
    transaction_reference, transaction_date, document_id, address_id, amendment_version, reason_code, reason_text,
    requested_documents,
    NULL::text AS line_values
FROM client_history h
WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR event = $2)
    AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
    AND ($5::timestamptz IS NULL OR (at <= $5 AND (at, client_key, version) < ($5, $6::text, $7::bigint)))
    -- Client by client: the clients of a large branch are not read all.
    AND ($9::text IS NULL OR (SELECT c.branch FROM client c WHERE c.client_key = h.client_key) = $9)
ORDER BY at DESC, client_key DESC, version DESC LIMIT $8;
