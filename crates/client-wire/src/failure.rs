//! Failed requests as callers see them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::code::Code;
use crate::status::Status;

/// How many errors one failure lists at most. No form has as many fields.
const MAX_ITEMS: usize = 100;

/// One error of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The stable code of the rule.
    pub code: Code,
    /// The path of the field, if the error belongs to one field.
    pub field: Option<String>,
    /// The rule in words; it never repeats a rejected value.
    pub message: String,
    /// Data a program can act on.
    pub details: Map<String, Value>,
}

impl Item {
    /// An item without field and details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), details: Map::new() }
    }

    /// Sets the field.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>) -> Self {
        self.field = Some(path.into());
        self
    }

    /// Adds a detail.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }
}

/// A failed request: the status, the published head of the message, and all errors.
///
/// ```
/// use client_wire::{Code, Failure, Item, Status};
///
/// let failure = Failure::of(Item::new(Code::ClientNotFound, "No client has this key."));
/// assert_eq!(failure.status, Status::NotFound);
/// assert_eq!(failure.status.wire(), "CBS_404");
/// assert_eq!(failure.message, "Customer not found");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{} {message}", status.wire())]
pub struct Failure {
    /// The class of the failure.
    pub status: Status,
    /// The published head, and perhaps more.
    pub message: String,
    /// All errors; never empty.
    pub items: Vec<Item>,
    /// The seconds after which the caller can try again, for a failure that passes.
    pub retry_after: Option<u32>,
    /// The cause, for the log of the adapter; it is never sent.
    pub cause: Option<String>,
}

impl Failure {
    /// A failure with one error, whose code determines the status and the message.
    pub fn of(item: Item) -> Self {
        let status = item.code.status();
        let retry_after = matches!(status, Status::Unavailable | Status::TooManyRequests).then_some(1);
        Self { status, message: item.code.head().to_owned(), items: vec![item], retry_after, cause: None }
    }

    /// A request that cannot be read, with all wrong fields. If the caller lacks the permission for some fields, the
    /// request is forbidden, and only these fields are listed.
    ///
    /// At most 100 errors are listed, and one more item holds the number of the others.
    pub fn invalid(mut items: Vec<Item>) -> Self {
        let is_forbidden = |item: &Item| item.code.status() == Status::Forbidden;
        let status = if items.iter().any(is_forbidden) {
            items.retain(is_forbidden);
            Status::Forbidden
        } else {
            Status::BadRequest
        };
        if items.len() > MAX_ITEMS {
            let omitted = items.len() - MAX_ITEMS;
            items.truncate(MAX_ITEMS);
            items.push(
                Item::new(Code::MoreErrors, "There are more errors than listed.").detail("leftOut", omitted),
            );
        }
        Self { status, message: status.head().to_owned(), items, retry_after: None, cause: None }
    }

    /// Whether one of the errors has this code.
    ///
    /// ```
    /// use client_wire::{Code, Failure, Item};
    ///
    /// let failure = Failure::of(Item::new(Code::ContentMissing, "The file is missing."));
    /// assert!(failure.has(Code::ContentMissing) && !failure.has(Code::StaleVersion));
    /// ```
    pub fn has(&self, code: Code) -> bool {
        self.items.iter().any(|item| item.code == code)
    }

    /// How often each code occurs, for logs and metrics.
    pub fn codes(&self) -> BTreeMap<&'static str, usize> {
        let mut codes = BTreeMap::new();
        for item in &self.items {
            *codes.entry(item.code.name()).or_default() += 1;
        }
        codes
    }
}
