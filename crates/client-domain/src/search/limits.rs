//! The size limits of a filter.

/// The maximum number of conditions in a filter; a search term counts as one.
pub const MAX_CONDITIONS: usize = 50;
/// The maximum nesting depth of groups.
pub const MAX_LEVELS: usize = 5;
/// The maximum number of values in a list.
pub const MAX_VALUES: usize = 200;
/// The maximum number of characters in a text.
pub const MAX_TEXT: usize = 256;
/// The maximum number of days of `LastDays` and `NextDays`, a hundred years.
pub const MAX_DAYS: i64 = 36_525;

/// The maximum cost of a filter.
///
/// A cost of 1 is one comparison with a column of every client: with 200,000 clients on PostgreSQL some 20 ms. It is an
/// upper bound that depends on the conditions only, not an estimate: an index may make it far cheaper, and the stored
/// clients do not matter, so a filter that is accepted once is always accepted.
///
/// | condition | cost |
/// | --- | --- |
/// | every condition | 1 |
/// | `StartsWith` | 1 more |
/// | `Contains`, `NotContains`, `EndsWith` on a property of `searchTerm`, with a word of three letters | 1 more |
/// | `Contains`, `NotContains`, `EndsWith` otherwise | 4 more |
/// | a list | 1 more for each 10 texts after the first, for each 50 other values |
/// | a property of documents | 9 more |
/// | `kycStatus` | 9 more for each status that is named |
/// | a word of a search term | 2; 5 for a word of one or two letters |
///
/// ```
/// use client_domain::search::{MAX_COST, field};
///
/// let cost = |filter: client_domain::search::Filter| filter.check().map(|predicate| predicate.cost());
/// assert_eq!(cost(field::CITY.equals("Ikeja"))?, 1);
/// assert_eq!(cost(field::LAST_NAME.contains("ade").and(field::ADDRESS.contains("allen")))?, 2 + 5);
/// assert_eq!(cost(field::DOCUMENT_NUMBER.contains("A01"))?, 14);
///
/// let dear = (0..50).fold(field::ID.equals(1), |all, n| all.or(field::DOCUMENT_NUMBER.contains(n.to_string())));
/// assert!(cost(dear).is_err(), "more than {MAX_COST}");
/// # Ok::<(), client_domain::search::Faults>(())
/// ```
pub const MAX_COST: usize = 60;
