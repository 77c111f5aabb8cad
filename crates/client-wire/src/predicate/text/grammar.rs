//! The words and signs of the text form, besides the names of properties and operators.

use client_domain::search::Operator;

/// The largest length of a text in bytes. The longest predicate within the limits of the JSON form is shorter.
pub const MAX_LENGTH: usize = 2 * 1024 * 1024;

/// The operators that have a sign besides their name. A sign comes before its own beginning.
pub(super) const SIGNS: &[(&str, Operator)] = &[
    (">=", Operator::GreaterThanOrEqual),
    ("<=", Operator::LessThanOrEqual),
    ("!=", Operator::NotEquals),
    ("=", Operator::Equals),
    (">", Operator::GreaterThan),
    ("<", Operator::LessThan),
];

/// The words of a search term.
pub(super) const SEARCH_TERM: &str = "searchTerm";
/// Groups by name.
pub(super) const ALL: &str = "all";
pub(super) const ANY: &str = "any";

/// Words that are no value unless they are in quotation marks.
const RESERVED: &[&str] = &["and", "or", "not"];

/// Whether a word has a meaning of its own.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}
