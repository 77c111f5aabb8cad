//! The errors of exports, as callers see them.

use crate::code::Code;
use crate::failure::{Failure, Item};

/// As many run as the service allows.
pub(crate) fn too_many(max: usize) -> Failure {
    let message = format!("{max} exports run already, as many as may; try again when one of them has ended.");
    let item = Item::new(Code::TooManyInProgress, message).detail("max", max);
    Failure { retry_after: Some(10), ..Failure::of(item) }
}

/// The caller has one that runs.
pub(crate) fn runs() -> Failure {
    let message = "An export of yours runs already; try again when it has ended.";
    let item = Item::new(Code::TooManyInProgress, message).detail("max", 1);
    Failure { retry_after: Some(10), ..Failure::of(item) }
}
