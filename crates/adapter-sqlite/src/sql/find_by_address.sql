-- Reads a client by one of its addresses, without its documents and addresses.
SELECT
    c.client_key, c.id, c.version, c.state, c.first_name, c.middle_name, c.last_name, c.email, c.phone, c.phone_entered, c.address, c.city,
    c.region, c.country, c.marital_status, c.account_officer, c.birth_date, c.gender, c.identification_type,
    c.identification_number, c.customer_type, c.branch, c.approval, c.approval_by, c.approval_by_email, c.approval_at,
    c.activated_at, c.activations, c.contact_verifications, c.contact_entries, c.former_names, c.amendments, c.former_client, c.makers,
    c.created_by, c.created_by_email, c.created_at, c.modified_at
FROM client c WHERE c.client_key = (
    SELECT a.client_key FROM client_address a WHERE a.address_id = :address_id LIMIT 1
);
