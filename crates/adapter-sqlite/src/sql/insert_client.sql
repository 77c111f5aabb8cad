-- Writes a new client.
INSERT INTO client (
    client_key, id, created_by, created_by_email, created_at, former_client, version, state, first_name, middle_name, last_name,
    email, phone, phone_entered, address, city, region, country, marital_status, account_officer, birth_date, gender,
    identification_type, identification_number, customer_type, branch, approval, approval_by, approval_by_email,
    approval_by_normal, approval_at, activated_at, activations, contact_verifications, contact_entries, former_names,
    former_names_folded, amendments,
    has_open_amendment, makers, modified_at,
    first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded, address_folded,
    city_folded, region_folded, country_folded, identification_type_folded, identification_number_folded,
    first_name_passport, middle_name_passport, last_name_passport, search_text
) VALUES (
    :client_key, :id, :created_by, :created_by_email, :created_at, :former_client, :version, :state, :first_name, :middle_name,
    :last_name, :email, :phone, :phone_entered, :address, :city, :region, :country, :marital_status, :account_officer, :birth_date,
    :gender, :identification_type, :identification_number, :customer_type, :branch, :approval, :approval_by,
    :approval_by_email, :approval_by_normal, :approval_at, :activated_at, :activations, :contact_verifications, :contact_entries,
    :former_names, :former_names_folded, :amendments,
    :has_open_amendment, :makers, :modified_at, :first_name_folded, :middle_name_folded, :last_name_folded,
    :full_name_folded, :email_folded, :address_folded, :city_folded, :region_folded, :country_folded,
    :identification_type_folded, :identification_number_folded, :first_name_passport, :middle_name_passport,
    :last_name_passport, :search_text
);
