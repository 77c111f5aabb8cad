//! All operations of the service.

use crate::commands::{COMMANDS, STANDALONE};
use crate::queries::operation::QueryOperation;
use crate::queries::{QUERIES, myself};
use crate::spec::OperationSpec;

const COUNT: usize = COMMANDS.len() + STANDALONE.len() + QUERIES.len() + 1;

/// Every command and query, in the order of the contract.
pub static OPERATIONS: &[&OperationSpec] = &specifications();

/// The query that names every operation, itself too.
static MYSELF: QueryOperation = QueryOperation {
    spec: &myself::SPEC,
    answer: |clients, form, caller| Box::pin(myself::answer(clients, form, caller, OPERATIONS)),
};

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn specifications() -> [&'static OperationSpec; COUNT] {
    let mut all = [&myself::SPEC; COUNT];
    let mut at = 0;
    while at < COUNT - 1 {
        all[at] = if at < COMMANDS.len() {
            COMMANDS[at].spec
        } else if at < COMMANDS.len() + STANDALONE.len() {
            STANDALONE[at - COMMANDS.len()].spec
        } else {
            QUERIES[at - COMMANDS.len() - STANDALONE.len()].spec
        };
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

/// The query with exactly this name.
pub(crate) fn find_query(name: &str) -> Option<&'static QueryOperation> {
    QUERIES.into_iter().chain([&MYSELF]).find(|operation| operation.spec.name == name)
}
