GRANT SELECT, INSERT ON client TO clients_runtime;
GRANT UPDATE (version, state, first_name, middle_name, last_name, email, phone, address, city, region, country,
    marital_status, account_officer, approval, approval_by, approval_by_email, approval_at, activated_at, modified_at,
    first_name_folded, middle_name_folded, last_name_folded, full_name_folded, email_folded, address_folded, city_folded,
    region_folded, country_folded, identification_type_folded, identification_number_folded, search_text,
    approval_by_normal, makers_version, first_name_passport, middle_name_passport, last_name_passport, birth_date, gender,
    identification_type, identification_number, customer_type, branch, amendments, contact_verifications, phone_entered,
    contact_entries, former_names, former_names_folded, activations, makers, normal_form, normal_form_version)
    ON client TO clients_runtime;
GRANT SELECT, INSERT ON client_number, client_history, client_history_value, client_document, client_address
    TO clients_runtime;
GRANT UPDATE (content_key, extension, size, sha256, uploaded_by, uploaded_by_email, uploaded_at, status, reviewed_by,
    reviewed_by_email, reviewed_at, comment, notice, uploaders, verified, rejection, number_folded) ON client_document
    TO clients_runtime;
GRANT UPDATE (status, reviewed_by, reviewed_by_email, reviewed_at, comment, verified, rejection)
    ON client_address TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (exclusive), DELETE ON client_claim TO clients_runtime;
GRANT SELECT, INSERT, DELETE ON client_outbox TO clients_runtime;
GRANT UPDATE (leased_until, lease, failures, cause, status, delivered_at, buried_at, discarded_at)
    ON client_outbox TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (types), DELETE ON client_receiver TO clients_runtime;
GRANT SELECT, UPDATE (leased_until, lease, failures, cause, status, buried_at, discarded_at), DELETE ON client_delivery
    TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (size), DELETE ON client_content TO clients_runtime;
GRANT SELECT, INSERT ON client_content_piece, client_installation TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (trashed_at), DELETE ON client_content_candidate TO clients_runtime;
GRANT SELECT, INSERT, DELETE ON client_idempotency TO clients_runtime;
GRANT SELECT, INSERT, DELETE ON client_work_item TO clients_runtime;
GRANT SELECT, UPDATE (rule, status, holds_from, holds_until, computed_at) ON client_kyc_status TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (held_by, held_by_email, held_until), DELETE ON client_work_claim TO clients_runtime;
GRANT SELECT ON client_waiting TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (owner_email, shared, search, columns, saved_at), DELETE ON client_saved_view TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (state, version, upload, ended_at, details), DELETE ON client_batch TO clients_runtime;
GRANT SELECT, INSERT ON client_deleted_batch TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (stage, leased_until, lease, begun_at, done, already_done, refused, not_tried, results), DELETE
    ON client_batch_piece TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (ended_at, details) ON client_export TO clients_runtime;
GRANT SELECT, INSERT, UPDATE (last_seen), DELETE ON client_session TO clients_runtime;
GRANT SELECT, INSERT, DELETE ON client_sign_in TO clients_runtime;
GRANT SELECT ON client_lifecycle_edge, _sqlx_migrations TO clients_runtime;
GRANT USAGE ON SEQUENCE client_number_block TO clients_runtime;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'clients_reader') THEN
        GRANT SELECT ON client, client_number, client_history, client_history_value, client_document, client_address,
            client_outbox, client_receiver, client_delivery, client_work_item, client_waiting, client_kyc_status,
            client_lifecycle_edge, _sqlx_migrations
            TO clients_reader;
    END IF;
END $$;
