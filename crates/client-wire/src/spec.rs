//! The name, the request and the answer of each operation, as data.
//!
//! The parser of an operation and its public description read the same specification: every member in it is described,
//! and every other member is refused.

use client_domain::{Permission, Permissions};

use crate::code::Code;

/// The path of the file of a document.
pub const DOCUMENT_CONTENT_PATH: &str = "/api/bpm/documents/{identityId}/content";

/// The path of the file of a batch.
pub const BATCH_CONTENT_PATH: &str = "/api/bpm/batches/{batchId}/content";

/// The path of rows of a batch.
pub const BATCH_FILE_PATH: &str = "/api/bpm/batches/{batchId}/{file}";

/// The path that exports clients.
pub const EXPORT_PATH: &str = "/api/bpm/export";

/// The path that answers a report as a file.
pub const REPORT_PATH: &str = "/api/bpm/report";

/// The path of the progress of a batch.
pub const BATCH_PROGRESS_PATH: &str = "/api/bpm/batches/{batchId}/progress";

/// A command or a query.
#[derive(Debug)]
pub struct OperationSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether it writes.
    pub kind: OperationKind,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// The permission that it needs; `None` if every caller may use it.
    pub permission: Option<Permission>,
    /// The members of `data` in a request.
    pub fields: &'static [FieldSpec],
    /// The members of `data` in an answer.
    pub reply: &'static [FieldSpec],
    /// The codes of its errors, except those that every operation shares.
    pub refusals: &'static [Code],
    /// A valid request, as the JSON text of `data`.
    pub example: &'static str,
}

impl OperationSpec {
    /// Whether a caller with these permissions may use it.
    pub fn is_open_to(&self, permissions: &Permissions) -> bool {
        self.permission.is_none_or(|permission| permissions.holds(permission))
    }

    /// Whether it is a query about one client, so that a caller can name the version that it has seen.
    pub fn asks_of_client(&self) -> bool {
        self.kind == OperationKind::Query && self.refusals.contains(&Code::ClientNotFound)
    }
}

/// Whether an operation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// It writes.
    Command,
    /// It reads.
    Query,
}

impl OperationKind {
    /// The path that operations of this kind are sent to.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Command => "/api/bpm/cmd",
            Self::Query => "/api/bpm/qry",
        }
    }

    /// The member of a body that names the operation.
    pub const fn name_member(self) -> &'static str {
        match self {
            Self::Command => "commandName",
            Self::Query => "queryName",
        }
    }

    /// The noun for messages.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Query => "query",
        }
    }

    /// The plural of [`Self::noun`].
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Command => "commands",
            Self::Query => "queries",
        }
    }

    /// The other kind.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Command => Self::Query,
            Self::Query => Self::Command,
        }
    }
}

/// One member of an object.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether it must be present.
    pub need: Need,
    /// The form of its value.
    pub shape: Shape,
    /// What it means.
    pub about: &'static str,
}

/// Whether a member must be present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be present and not null.
    Required,
    /// It may be absent or null, which means the same in a request. In an answer it is absent unless it was asked for.
    Optional,
    /// It may be absent; null clears the value.
    Clearable,
    /// It may be absent and must not be null, because the value cannot be cleared.
    Settable,
    /// It is always present and may be null (answers only).
    Nullable,
    /// It is present only where it applies or was asked for, and not null (answers only).
    Sometimes,
    /// Exactly one of these members must be present; null means the same as absent (requests only).
    ExactlyOne(&'static [&'static str]),
    /// At most one of these members may be present; null means the same as absent (requests only).
    AtMostOne(&'static [&'static str]),
}

/// The form of a value in JSON.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text with a minimum and a maximum length.
    Text {
        /// The minimum number of characters.
        min: usize,
        /// The maximum number of characters.
        max: usize,
    },
    /// An e-mail address.
    Email,
    /// A calendar day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339 in UTC.
    DateTime,
    /// A whole number within limits.
    Integer {
        /// The smallest number.
        min: i64,
        /// The largest number.
        max: i64,
    },
    /// A text that matches a regular expression, which JavaScript and Python read in the same way.
    Pattern {
        /// The minimum number of characters.
        min: usize,
        /// The maximum number of characters.
        max: usize,
        /// The regular expression; it begins with `^` and ends with `$`.
        pattern: &'static str,
    },
    /// One of these numbers.
    Numbers(&'static [i64]),
    /// True or false.
    Flag,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A list of at most `max` items.
    List {
        /// The form of the items.
        of: &'static Shape,
        /// The maximum number of items.
        max: usize,
    },
    /// A list of at least one and at most `max` items.
    SomeOf {
        /// The form of the items.
        of: &'static Shape,
        /// The maximum number of items.
        max: usize,
    },
    /// An object with these members.
    Object(&'static [FieldSpec]),
    /// An object whose members have these names and one common form; any of them may be absent.
    Map {
        /// The names of the members.
        names: &'static [&'static str],
        /// The form of each of them.
        of: &'static Shape,
    },
    /// Any of these.
    Either(&'static [Shape]),
    /// Bytes in base64 (RFC 4648, section 4).
    Base64 {
        /// The maximum number of bytes.
        max_bytes: u64,
    },
    /// A list of filters, which may contain further filters.
    Filters,
    /// The name of a property that clients can be sorted by.
    SortProperty,
    /// An object whose members depend on the case.
    Details,
}

/// These members and those.
#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
pub(crate) const fn joined<const COUNT: usize>(one: &[FieldSpec], other: &[FieldSpec]) -> [FieldSpec; COUNT] {
    let mut all = [one[0]; COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = if at < one.len() { one[at] } else { other[at - one.len()] };
        at += 1;
    }
    all
}

impl FieldSpec {
    pub(crate) const fn required(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Required, shape, about }
    }

    pub(crate) const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Optional, shape, about }
    }

    pub(crate) const fn clearable(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Clearable, shape, about }
    }

    pub(crate) const fn settable(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Settable, shape, about }
    }

    pub(crate) const fn nullable(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Nullable, shape, about }
    }

    pub(crate) const fn exactly_one(
        among: &'static [&'static str],
        name: &'static str,
        shape: Shape,
        about: &'static str,
    ) -> Self {
        Self { name, need: Need::ExactlyOne(among), shape, about }
    }

    pub(crate) const fn at_most_one(
        among: &'static [&'static str],
        name: &'static str,
        shape: Shape,
        about: &'static str,
    ) -> Self {
        Self { name, need: Need::AtMostOne(among), shape, about }
    }

    pub(crate) const fn sometimes(name: &'static str, shape: Shape, about: &'static str) -> Self {
        Self { name, need: Need::Sometimes, shape, about }
    }
}
