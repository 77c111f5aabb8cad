-- Reads a client by id, with its documents, addresses and ending.
--
-- Parameters: $1 id.
SELECT
    c.client_key, c.version, c.state, c.first_name, c.middle_name, c.last_name, c.email, c.phone, c.address, c.city,
    c.region, c.country, c.marital_status, c.account_officer, c.birth_date, c.gender, c.identification_type,
    c.identification_number, c.customer_type, c.branch, c.approval, c.approval_by, c.approval_by_email, c.approval_at,
    c.activated_at, c.activations, c.created_by, c.created_by_email, c.created_at, c.modified_at, c.id,
    c.makers::text AS makers, c.amendments::text AS amendments,
    c.contact_verifications::text AS contact_verifications, c.phone_entered::text AS phone_entered,
    c.contact_entries::text AS contact_entries, c.former_names::text AS former_names, c.former_client,
    CASE WHEN c.former_names IS NULL THEN (
        SELECT json_agg(v.data -> 'changed' ORDER BY v.version DESC)::text FROM client_history_value v
        WHERE v.client_key = c.client_key
    ) END AS name_changes,
    CASE WHEN c.makers_version < c.version OR (c.state = 5 AND c.makers = '[]') THEN (
        SELECT json_agg(json_build_array(h.event, h.actor) ORDER BY h.version)::text FROM client_history h
        WHERE h.client_key = c.client_key
            AND h.version > CASE WHEN c.state = 5 AND c.makers = '[]' THEN 0 ELSE c.makers_version END
    ) END AS makers_since,
    (SELECT json_agg(d ORDER BY d.place)::text FROM client_document d WHERE d.client_key = c.client_key) AS documents,
    (SELECT json_agg(a ORDER BY a.place)::text FROM client_address a WHERE a.client_key = c.client_key) AS addresses,
    CASE WHEN c.state IN (5, 7) THEN (
        SELECT json_build_array(h.event, h.from_state)::text FROM client_history h
        WHERE h.client_key = c.client_key AND h.version = c.version
    ) END AS last_event,
    CASE WHEN c.state = 7 THEN (
        SELECT r.client_key FROM client r WHERE r.former_client = c.client_key AND r.state <> 5 LIMIT 1
    ) END AS returned_as
FROM client c WHERE c.client_key = (SELECT n.client_key FROM client_number n WHERE n.id = $1);
