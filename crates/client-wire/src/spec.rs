//! What each operation is called, takes and answers, as data.
//!
//! The parser of an operation and its public description read the same specification: a member that is not in
//! it is refused, and one that is in it is described.

pub(crate) mod field;
pub(crate) mod shape;

use client_domain::Permission;

use crate::Code;

/// Where the file of a document is sent from and to.
pub const DOCUMENT_CONTENT_PATH: &str = "/api/bpm/documents/{identityId}/content";

/// A command or a query.
#[derive(Debug)]
pub struct OperationSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether it writes.
    pub kind: OperationKind,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// The permission it takes.
    pub permission: Permission,
    /// What it takes, in `data`.
    pub fields: &'static [FieldSpec],
    /// What it answers, in `data`.
    pub reply: &'static [FieldSpec],
    /// The codes it may be refused with, besides those that every operation shares.
    pub refusals: &'static [Code],
    /// A request that is right, as JSON text of `data`.
    pub example: &'static str,
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

    /// What it is called in messages.
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
#[derive(Debug)]
pub struct FieldSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What it looks like.
    pub shape: Shape,
    /// What it means.
    pub about: &'static str,
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there and not be null.
    Required,
    /// It may be absent, or null, which says the same.
    Optional,
    /// It may be absent; null empties it.
    Clearable,
    /// It may be absent and must not be null: there is nothing to empty.
    Settable,
    /// It is always there and may be null (answers only).
    Nullable,
    /// It is there only where it has something to say (answers only).
    Sometimes,
    /// Of these members exactly one must be there; null says the same as absent (requests only).
    ExactlyOne(&'static [&'static str]),
    /// Of these members at most one may be there; null says the same as absent (requests only).
    AtMostOne(&'static [&'static str]),
}

/// What a value looks like in JSON.
#[derive(Debug)]
pub enum Shape {
    /// A text of so many characters.
    Text {
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
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
        /// The least number.
        min: i64,
        /// The greatest number.
        max: i64,
    },
    /// A text of so many characters that matches a regular expression, which JavaScript and Python read alike.
    Pattern {
        /// The least number of characters.
        min: usize,
        /// The greatest number of characters.
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
    /// A list of up to so many.
    List {
        /// What the items look like.
        of: &'static Shape,
        /// The greatest number of items.
        max: usize,
    },
    /// A list of at least one and up to so many.
    SomeOf {
        /// What the items look like.
        of: &'static Shape,
        /// The greatest number of items.
        max: usize,
    },
    /// An object with these members.
    Object(&'static [FieldSpec]),
    /// An object whose members have these names and look alike; any of them may be absent.
    Map {
        /// The names of the members.
        names: &'static [&'static str],
        /// What each of them looks like.
        of: &'static Shape,
    },
    /// Any of these.
    Either(&'static [Shape]),
    /// Bytes in base64 (RFC 4648, section 4).
    Base64 {
        /// The greatest number of bytes.
        max_bytes: u64,
    },
    /// A list of filters, which may hold filters themselves.
    Filters,
    /// The name of a property that clients can be sorted by.
    SortProperty,
    /// An object whose members differ from case to case.
    Details,
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
