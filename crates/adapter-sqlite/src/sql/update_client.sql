-- Writes the next version of a client. What was written at its creation stays.
UPDATE client SET
    version = :version, state = :state, first_name = :first_name, middle_name = :middle_name, last_name = :last_name,
    email = :email, phone = :phone, phone_entered = :phone_entered, address = :address, city = :city, region = :region, country = :country,
    marital_status = :marital_status, account_officer = :account_officer, birth_date = :birth_date, gender = :gender,
    identification_type = :identification_type, identification_number = :identification_number,
    customer_type = :customer_type, branch = :branch, approval = :approval, approval_by = :approval_by,
    approval_by_email = :approval_by_email, approval_by_normal = :approval_by_normal, approval_at = :approval_at,
    activated_at = :activated_at, activations = :activations, contact_verifications = :contact_verifications,
    contact_entries = :contact_entries, former_names = :former_names,
    former_names_folded = :former_names_folded, amendments = :amendments,
    has_open_amendment = :has_open_amendment, makers = :makers, modified_at = :modified_at,
    first_name_folded = :first_name_folded, middle_name_folded = :middle_name_folded,
    last_name_folded = :last_name_folded, full_name_folded = :full_name_folded, email_folded = :email_folded,
    address_folded = :address_folded, city_folded = :city_folded, region_folded = :region_folded,
    country_folded = :country_folded, identification_type_folded = :identification_type_folded,
    identification_number_folded = :identification_number_folded, first_name_passport = :first_name_passport,
    middle_name_passport = :middle_name_passport, last_name_passport = :last_name_passport,
    search_text = :search_text
WHERE client_key = :client_key;
