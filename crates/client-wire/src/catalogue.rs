//! All operations of the service.

use crate::commands::COMMANDS;
use crate::queries::QUERIES;
use crate::spec::OperationSpec;

const COUNT: usize = COMMANDS.len() + QUERIES.len();

/// Every command and query, in the order of the contract.
pub static OPERATIONS: &[&OperationSpec] = &specifications();

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn specifications() -> [&'static OperationSpec; COUNT] {
    let mut all = [COMMANDS[0].spec; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < COMMANDS.len() { COMMANDS[at].spec } else { QUERIES[at - COMMANDS.len()].spec };
        at += 1;
    }
    all
}

/// The operation with exactly this name.
///
/// ```
/// use client_wire::find_operation;
///
/// assert!(find_operation("CreateContactCommand").is_some());
/// assert!(find_operation("createContactCommand").is_none());
/// ```
pub fn find(name: &str) -> Option<&'static OperationSpec> {
    OPERATIONS.iter().copied().find(|spec| spec.name == name)
}
