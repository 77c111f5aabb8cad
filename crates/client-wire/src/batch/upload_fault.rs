use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::shown;

/// The file as a whole cannot be read.
pub(super) fn file(message: impl Into<String>) -> Failure {
    Failure::of(Item::new(Code::BatchContent, message))
}

/// A row makes the whole file unreadable. Its text is not repeated.
pub(super) fn at_row(row: u64, message: &str) -> Failure {
    let item = Item::new(Code::BatchContent, format!("Row {row}: {message}"));
    Failure::of(item.detail("row", row))
}

/// A column of the head is not accepted.
pub(super) fn column(name: &str, message: impl Into<String>) -> Failure {
    Failure::of(Item::new(Code::BatchContent, message).field(shown(name)))
}
