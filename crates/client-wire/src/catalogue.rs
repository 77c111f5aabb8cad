//! All operations of the service.

use crate::spec::OperationSpec;
use crate::{commands, queries};

/// Every command and query, in the order of the contract.
pub const OPERATIONS: &[&OperationSpec] = &[
    &commands::create_contact::SPEC,
    &commands::update_contact::SPEC,
    &commands::request_approval::SPEC,
    &commands::approve::SPEC,
    &commands::reject::SPEC,
    &commands::blacklist::SPEC,
    &commands::undo_blacklist::SPEC,
    &commands::exit::SPEC,
    &commands::record_transaction::SPEC,
    &commands::create_identity_document::SPEC,
    &commands::approve_document::SPEC,
    &commands::reject_document::SPEC,
    &commands::create_address_information::SPEC,
    &commands::approve_address::SPEC,
    &commands::reject_address::SPEC,
    &queries::contact_by_id::SPEC,
    &queries::contact_list::SPEC,
    &queries::actions::SPEC,
    &queries::history::SPEC,
    &queries::search_fields::SPEC,
    &queries::lifecycle::SPEC,
    &queries::kyc_information::SPEC,
    &queries::identity_details::SPEC,
    &queries::address_details::SPEC,
    &queries::kyc_policy::SPEC,
    &queries::kyc_policy_preview::SPEC,
];

/// The operation with exactly this name.
pub fn find(name: &str) -> Option<&'static OperationSpec> {
    OPERATIONS.iter().copied().find(|spec| spec.name == name)
}
