-- Reads a page of the lines of the clients of a branch with few clients, newest line first: client by client, so that it
-- costs what the branch has, however long the histories of others are.
--
-- Parameters: $1 actor, or null, $2 event, or null, $3 first moment, or null, $4 moment to end before, or null,
--   $5, $6 and $7 the position of the last line of the page before: moment, client_key and version, or nulls,
--   $8 limit, $9 branch.
WITH of_branch AS MATERIALIZED (
    SELECT client_key FROM client WHERE branch = $9
)
SELECT h.client_key, h.version, event, command, request_id, actor, actor_email, at, from_state, to_state, changed, reason,
    notes, transaction_reference, transaction_date, document_id, address_id, amendment_version, reason_code, reason_text,
    requested_documents,
    NULL::text AS line_values
FROM of_branch b
CROSS JOIN LATERAL (SELECT * FROM client_history l WHERE l.client_key = b.client_key OFFSET 0) h
WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR event = $2)
    AND ($3::timestamptz IS NULL OR at >= $3) AND ($4::timestamptz IS NULL OR at < $4)
    AND ($5::timestamptz IS NULL OR (at, h.client_key, h.version) < ($5, $6::text, $7::bigint))
ORDER BY at DESC, h.client_key DESC, h.version DESC LIMIT $8;
