//! The constraints of the schema, and what a row is that violates one.

/// Every constraint of the schema by name, and what a row is that violates it.
pub(crate) const CONSTRAINTS: &[(&str, &str)] = &[
    (CLIENT_PKEY, "a client whose key is taken"),
    (CLIENT_NUMBER_PKEY, "a client whose id is taken"),
    (CLAIM_EXCLUSIVE, "a claim that another client has"),
    (CLAIM_PKEY, "a claim that the client has already"),
    (IDEMPOTENCY_PKEY, "an idempotency key that was used"),
    ("client_work_item_pkey", "an item of the work queue that waits already"),
    ("client_kyc_status_pkey", "a client whose KYC status is stored already"),
    ("client_kyc_status_possible", "a KYC status that is impossible"),
    ("client_work_claim_pkey", "an item of the work queue that is claimed already"),
    ("client_saved_view_pkey", "a view of this name that the person has saved already"),
    ("client_export_pkey", "an export that exists already"),
    ("client_batch_pkey", "a batch that exists already"),
    ("client_deleted_batch_pkey", "a deleted batch that is known already"),
    (BATCH_RUNS_ALONE, "a second batch of a person that is running"),
    ("client_batch_state_known", "a batch in an unknown state"),
    ("client_batch_piece_pkey", "a piece of a batch that exists already"),
    ("client_batch_piece_batch_fkey", "a piece without its batch"),
    ("client_batch_piece_stage_known", "a piece of a batch in an unknown stage"),
    ("client_session_pkey", "a session that is open already"),
    ("client_sign_in_pkey", "an attempt to sign in that exists already"),
    ("client_session_id_length", "a session whose id has another length"),
    ("client_session_provider_whole", "a session with an incomplete provider"),
    ("client_sign_in_id_length", "an attempt to sign in whose id has another length"),
    ("client_key_length", "a client with a key of no or of too many characters"),
    ("client_id_positive", "a client whose id is not positive"),
    ("client_version_positive", "a client whose version is not positive"),
    ("client_state_known", "a client in an unknown state"),
    ("client_choices_known", "a client with an unknown choice"),
    ("client_approval_whole", "a client with an incomplete approval"),
    ("client_approval_fits_state", "a client whose approval does not fit its state"),
    ("client_activation_fits_state", "a client whose activation does not fit its state"),
    (
        "client_approved_by_another",
        "a client approved by a person who has touched it since its last approval",
    ),
    ("client_modified_after_creation", "a client modified before it was created"),
    ("client_former_is_another", "a client that has returned from itself"),
    ("client_version_by_one", "a client whose version does not follow the previous one"),
    ("client_onboarded_for_good", "a client with a changed origin"),
    ("client_version_has_line", "a version of a client without a line of history"),
    ("client_history_line_has_version", "a line of history that is not of the version of its client"),
    ("client_lifecycle_edge_pkey", "a lifecycle edge that exists already"),
    ("client_claim_kind_known", "a claim of an unknown kind"),
    ("client_claim_digest_length", "a claim whose digest has another length"),
    ("client_history_pkey", "a line of history that exists already"),
    ("client_history_client_fkey", "a line of history without a client"),
    ("client_history_edge_fkey", "a line of history that is no edge of the lifecycle"),
    ("client_history_version_positive", "a line of history whose version is not positive"),
    ("client_history_action_or_same", "a line of history whose state changes without an action"),
    ("client_history_state_known", "a line of history with an unknown state"),
    (
        "client_history_reason_code_whole",
        "a line of history with a code of a reason and no text, or the other way",
    ),
    ("client_history_transaction_whole", "a line of history with an incomplete transaction"),
    ("client_history_value_pkey", "values of a line of history that exist already"),
    ("client_history_append_only", "a change of a line of history"),
    ("client_history_about_one_paper", "a line of history about a document and an address"),
    ("client_document_pkey", "a document that exists already"),
    ("client_document_client_fkey", "a document without a client"),
    ("client_document_choices_known", "a document with an unknown choice"),
    ("client_document_content_whole", "a document with an incomplete content"),
    ("client_document_ends_after_it_begins", "a document that expires before it was issued"),
    ("client_document_notice_of_an_end", "a document with a notice of expiry and no expiry date"),
    ("client_document_review_whole", "a document with an incomplete review"),
    ("client_document_reviewed_by_another", "a document reviewed by its submitter"),
    ("client_document_reviewed_by_another_person", "a document reviewed by a person who submitted it"),
    (
        "client_document_reviewed_by_no_uploader",
        "a document reviewed by a person who uploaded a former file of it",
    ),
    ("client_document_reviewed_for_good", "a change of a reviewed document"),
    ("client_document_kept", "a deletion of a document"),
    ("client_address_pkey", "an address that exists already"),
    ("client_address_client_fkey", "an address without a client"),
    ("client_address_choices_known", "an address with an unknown choice"),
    ("client_address_review_whole", "an address with an incomplete review"),
    ("client_document_rejected_for_good", "a change of the code of a rejected document"),
    ("client_address_reviewed_by_another", "an address reviewed by its submitter"),
    ("client_address_reviewed_by_another_person", "an address reviewed by the person who submitted it"),
    ("client_address_reviewed_for_good", "a change of a reviewed address"),
    ("client_address_kept", "a deletion of an address"),
    ("client_content_pkey", "a content whose key is taken"),
    ("client_content_size_possible", "a content with an impossible size"),
    ("client_content_key_length", "a content whose key has another length"),
    ("client_address_rejected_for_good", "a change of the code of a rejected address"),
    ("client_content_whole_for_good", "a change of a complete content"),
    ("client_content_candidate_pkey", "a content that is queued already"),
    ("client_content_candidate_key_length", "a queued content whose key has another length"),
    ("client_installation_pkey", "an installation that exists already"),
    ("client_installation_one_row", "a second installation"),
    ("client_installation_id_length", "an installation whose id has another length"),
    ("client_installation_unchanged", "a change of an installation"),
    ("client_content_piece_pkey", "a piece of a content that exists already"),
    ("client_content_piece_content_fkey", "a piece without its content"),
    ("client_content_piece_place_possible", "a piece of a content at an impossible position"),
    ("client_content_piece_unchanged", "a change of a piece of a content"),
    ("client_receiver_pkey", "a receiver that is registered already"),
    ("client_receiver_not_default", "a registration of the default receiver"),
    ("client_delivery_pkey", "an event that waits for a receiver already"),
    ("client_delivery_event_fkey", "a receiver that waits for an event that is not there"),
    ("client_delivery_one_end", "an event that is both dead and discarded"),
    ("client_delivery_failures_counted", "an event whose failures do not add up"),
    ("client_delivery_cause_whole", "an event with an incomplete failure"),
    ("client_outbox_pkey", "an event that exists already"),
    ("client_outbox_version_positive", "an event whose version is not positive"),
    ("client_outbox_one_end", "an event that is both delivered and discarded"),
    ("client_outbox_failures_counted", "an event whose failures do not add up"),
    ("client_outbox_cause_whole", "an event with an incomplete failure"),
    ("client_outbox_discarded_for_good", "a change of a discarded event"),
    ("client_outbox_unchanged", "a change of an event"),
    ("client_outbox_kept", "a deletion of an undelivered event"),
    ("client_outbox_not_truncated", "a truncation of the outbox"),
    ("client_idempotency_fingerprint_length", "an outcome whose fingerprint has another length"),
    ("client_idempotency_version_positive", "an outcome whose version is not positive"),
];
const CLIENT_PKEY: &str = "client_pkey";
const CLIENT_NUMBER_PKEY: &str = "client_number_pkey";
const CLAIM_EXCLUSIVE: &str = "client_claim_exclusive";
const CLAIM_PKEY: &str = "client_claim_pkey";
const IDEMPOTENCY_PKEY: &str = "client_idempotency_pkey";
const BATCH_RUNS_ALONE: &str = "client_batch_runs_alone";

/// Whether a violation of this constraint means that another commit has written the same key.
pub(super) fn is_of_a_rival(constraint: &str) -> bool {
    matches!(
        constraint,
        CLIENT_PKEY | CLIENT_NUMBER_PKEY | CLAIM_EXCLUSIVE | IDEMPOTENCY_PKEY | BATCH_RUNS_ALONE
    )
}

/// What a row is that violates this constraint.
pub(super) fn violation(constraint: Option<&str>) -> &'static str {
    let known = CONSTRAINTS.iter().find(|(name, _)| Some(*name) == constraint);
    known.map_or("a row that the schema refuses", |(_, row)| row)
}

/// The name of a constraint in this schema: a distributed server appends the number of the shard.
pub(super) fn without_shard(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((name, shard)) if !shard.is_empty() && shard.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::without_shard;

    #[test]
    fn the_number_of_a_shard_is_no_part_of_a_constraint() {
        assert_eq!(without_shard("client_pkey_102008"), "client_pkey");
        assert_eq!(without_shard("client_pkey"), "client_pkey");
        assert_eq!(without_shard("client_"), "client_");
    }
}
