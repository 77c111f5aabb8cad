//! Every operation there is.

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
    &queries::contact_by_id::SPEC,
    &queries::contact_list::SPEC,
    &queries::actions::SPEC,
    &queries::history::SPEC,
    &queries::search_fields::SPEC,
    &queries::lifecycle::SPEC,
];

/// The operation of this name, which is compared to the letter.
pub fn find(name: &str) -> Option<&'static OperationSpec> {
    OPERATIONS.iter().copied().find(|spec| spec.name == name)
}
