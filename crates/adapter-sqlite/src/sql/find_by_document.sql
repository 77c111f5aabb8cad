-- Reads a client by one of its documents, without its documents and addresses.
SELECT
    c.client_key, c.id, c.version, c.state, c.first_name, c.middle_name, c.last_name, c.email, c.phone, c.phone_entered, c.address, c.city,
    c.region, c.country, c.marital_status, c.account_officer, c.birth_date, c.gender, c.identification_type,
    c.identification_number, c.customer_type, c.branch, c.approval, c.approval_by, c.approval_by_email, c.approval_at,
    c.activated_at, c.activations, c.contact_verifications, c.contact_entries, c.former_names, c.amendments, c.former_client, c.makers,
    c.created_by, c.created_by_email, c.created_at, c.modified_at
FROM client c WHERE c.client_key = (
    SELECT d.client_key FROM client_document d WHERE d.document_id = :document_id LIMIT 1
);
