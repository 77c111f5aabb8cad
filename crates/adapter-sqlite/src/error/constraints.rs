//! The rules of the schema, and what a row is that breaks one.

/// Every rule by what SQLite calls it: the name of a constraint, the message of a trigger, or the columns of a unique key.
pub(crate) const CONSTRAINTS: &[(&str, &str)] = &[
    ("client.client_key", "a client whose key is taken"),
    ("client.id", "a client whose id is taken"),
    (
        "client_work_item.client_key, client_work_item.kind, client_work_item.item_id",
        "an item of the work queue that waits already",
    ),
    ("client_kyc_status.client_key", "a client whose KYC status is stored already"),
    ("client_kyc_status_possible", "a KYC status that is impossible"),
    (
        "client_work_claim.client_key, client_work_claim.kind, client_work_claim.item_id",
        "an item of the work queue that is claimed already",
    ),
    (
        "client_saved_view.owner, client_saved_view.name",
        "a view of this name that the person has saved already",
    ),
    ("client_export.export_id", "an export that exists already"),
    ("client_batch.batch_id", "a batch that exists already"),
    ("client_deleted_batch.batch_id", "a deleted batch that is known already"),
    ("client_batch.uploader", "a second batch of a person that is running"),
    ("client_batch_state_known", "a batch in an unknown state"),
    ("client_batch_piece.batch_id, client_batch_piece.number", "a piece of a batch that exists already"),
    ("client_batch_piece_stage_known", "a piece of a batch in an unknown stage"),
    ("client_saved_view_shared_known", "a saved view that is neither shared nor not"),
    ("client_session.session_id", "a session that is open already"),
    ("client_session_id_length", "a session whose id has another length"),
    ("client_session_provider_whole", "a session with an incomplete provider"),
    ("client_key_length", "a client with a key of no or of too many characters"),
    ("client_id_positive", "a client whose id is not positive"),
    ("client_version_positive", "a client whose version is not positive"),
    ("client_state_known", "a client in an unknown state"),
    ("client_choices_known", "a client with an unknown choice"),
    ("client_approval_whole", "a client with an incomplete approval"),
    ("client_approval_fits_state", "a client whose approval does not fit its state"),
    ("client_activation_fits_state", "a client whose activation does not fit its state"),
    ("client_former_is_another", "a client that has returned from itself"),
    ("client_amendments_counted", "a client whose open amendments are not counted"),
    (
        "client_approved_by_another",
        "a client approved by a person who has touched it since its last approval",
    ),
    ("client_modified_after_creation", "a client modified before it was created"),
    ("client_version_by_one", "a client whose version does not follow the previous one"),
    ("client_onboarded_for_good", "a client with a changed origin"),
    ("client_number_block.only_one", "a second block of running numbers"),
    ("client_number_block_one_row", "a second block of running numbers"),
    ("client_number_block_grows", "a block of running numbers that was reserved already"),
    (
        "client_lifecycle_edge.from_state, client_lifecycle_edge.action, client_lifecycle_edge.to_state",
        "a lifecycle edge that exists already",
    ),
    (
        "client_claim.kind, client_claim.digest, client_claim.client_key",
        "a claim that the client has already",
    ),
    ("client_claim_exclusive", "a claim that another client has"),
    ("client_claim_kind_known", "a claim of an unknown kind"),
    ("client_claim_digest_length", "a claim whose digest has another length"),
    ("client_claim_exclusive_known", "a claim that is neither exclusive nor shared"),
    ("client_history.client_key, client_history.version", "a line of history that exists already"),
    ("client_history_line_has_version", "a line of history that is not of the version of its client"),
    ("client_history_edge_fkey", "a line of history that is no edge of the lifecycle"),
    ("client_history_version_positive", "a line of history whose version is not positive"),
    ("client_history_action_or_same", "a line of history whose state changes without an action"),
    ("client_history_state_known", "a line of history with an unknown state"),
    ("client_history_transaction_whole", "a line of history with an incomplete transaction"),
    (
        "client_history_reason_code_whole",
        "a line of history with a code of a reason and no text, or the other way",
    ),
    ("client_history_append_only", "a change of a line of history"),
    ("client_history_about_one_paper", "a line of history about a document and an address"),
    (
        "client_history_value.client_key, client_history_value.version",
        "values of a line of history that exist already",
    ),
    ("client_document.client_key, client_document.document_id", "a document that exists already"),
    ("client_document_choices_known", "a document with an unknown choice"),
    ("client_document_content_whole", "a document with an incomplete content"),
    ("client_document_ends_after_it_begins", "a document that expires before it was issued"),
    ("client_document_notice_of_an_end", "a document with a notice of expiry and no expiry date"),
    ("client_document_review_whole", "a document with an incomplete review"),
    ("client_document_reviewed_by_another", "a document reviewed by its submitter"),
    ("client_document_reviewed_by_no_uploader", "a document reviewed by a person who uploaded a file of it"),
    ("client_document_reviewed_for_good", "a change of a reviewed document"),
    ("client_document_kept", "a deletion of a document"),
    ("client_address.client_key, client_address.address_id", "an address that exists already"),
    ("client_address_choices_known", "an address with an unknown choice"),
    ("client_address_review_whole", "an address with an incomplete review"),
    ("client_address_reviewed_by_another", "an address reviewed by its submitter"),
    ("client_address_reviewed_by_another_person", "an address reviewed by the person who submitted it"),
    ("client_address_reviewed_for_good", "a change of a reviewed address"),
    ("client_address_kept", "a deletion of an address"),
    ("client_content.content_key", "a content whose key is taken"),
    ("client_content_size_possible", "a content with an impossible size"),
    ("client_content_key_length", "a content whose key has another length"),
    ("client_content_whole_for_good", "a change of a complete content"),
    (
        "client_content_piece.content_key, client_content_piece.place",
        "a piece of a content that exists already",
    ),
    ("client_content_piece_place_possible", "a piece of a content at an impossible position"),
    ("client_content_piece_unchanged", "a change of a piece of a content"),
    ("client_content_candidate.content_key", "a content that is queued already"),
    ("client_content_candidate_key_length", "a queued content whose key has another length"),
    ("client_installation.only_one", "an installation that exists already"),
    ("client_installation_one_row", "a second installation"),
    ("client_installation_id_length", "an installation whose id has another length"),
    ("client_installation_unchanged", "a change of an installation"),
    ("client_receiver.name", "a receiver that is registered already"),
    ("client_receiver_not_default", "a registration of the default receiver"),
    (
        "client_delivery.client_key, client_delivery.version, client_delivery.event_id, client_delivery.receiver",
        "an event that waits for a receiver already",
    ),
    ("client_delivery_one_end", "an event that is both dead and discarded"),
    ("client_delivery_failures_counted", "an event whose failures do not add up"),
    ("client_delivery_cause_whole", "an event with an incomplete failure"),
    (
        "client_outbox.client_key, client_outbox.version, client_outbox.event_id",
        "an event that exists already",
    ),
    ("client_outbox_version_positive", "an event whose version is not positive"),
    ("client_outbox_one_end", "an event that is both delivered and discarded"),
    ("client_outbox_failures_counted", "an event whose failures do not add up"),
    ("client_outbox_cause_whole", "an event with an incomplete failure"),
    ("client_outbox_discarded_for_good", "a change of a discarded event"),
    ("client_outbox_unchanged", "a change of an event"),
    ("client_outbox_kept", "a deletion of an undelivered event"),
    (
        "client_idempotency.actor, client_idempotency.command, client_idempotency.request_key",
        "an idempotency key that was used",
    ),
    ("client_idempotency_fingerprint_length", "an outcome whose fingerprint has another length"),
    ("client_idempotency_version_positive", "an outcome whose version is not positive"),
    // SQLite does not say which foreign key it is; triggers name the others.
    (FOREIGN_KEY, "a version of a client without a line of history, or a row without its client"),
];
const FOREIGN_KEY: &str = "FOREIGN KEY constraint failed";

/// What a row is that breaks the rule of this message.
pub(super) fn violation(message: Option<&str>) -> &'static str {
    let rule = message.map(|message| message.split_once(" failed: ").map_or(message, |(_, rule)| rule));
    let known = CONSTRAINTS.iter().find(|(name, _)| Some(*name) == rule);
    known.map_or("a row that the schema refuses", |(_, row)| row)
}

#[cfg(test)]
mod tests {
    use super::violation;

    #[test]
    fn a_rule_is_known_by_each_way_in_which_it_is_reported() {
        for (message, row) in [
            ("CHECK constraint failed: client_id_positive", "a client whose id is not positive"),
            ("UNIQUE constraint failed: client.client_key", "a client whose key is taken"),
            ("client_outbox_kept", "a deletion of an undelivered event"),
            ("NOT NULL constraint failed: client.email", "a row that the schema refuses"),
        ] {
            assert_eq!(violation(Some(message)), row);
        }
    }
}
