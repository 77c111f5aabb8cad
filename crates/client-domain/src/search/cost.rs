//! What a filter costs a store that has to look at every client for it, and how much one filter may cost.

use super::{Condition, Data, Operator, Predicate, Property, PropertyKind, Word};

/// The greatest cost of a filter.
///
/// A cost of 1 is one comparison with a column of every client: with 200,000 clients on PostgreSQL some 20 ms. It is an
/// upper bound by what is asked, not an estimate: an index may make it far cheaper, and who is stored does not matter,
/// so that a filter which is accepted once is accepted always.
///
/// | condition | cost |
/// | --- | --- |
/// | every condition | 1 |
/// | `StartsWith` | 1 more |
/// | `Contains`, `NotContains`, `EndsWith` on a property that `searchTerm` looks at, with a word of three letters | 1 more |
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

/// From how many characters on a word can be looked up in an index of the search text.
const INDEXED_WORD: usize = 3;

impl Predicate {
    /// What it costs; see [`MAX_COST`]. A predicate that was read from filters costs no more than that.
    pub fn cost(&self) -> usize {
        match self {
            Self::All(several) | Self::Any(several) => several.iter().map(Self::cost).sum(),
            Self::Not(other) => other.cost(),
            Self::Where(condition) => condition.cost(),
            Self::Mentions(word) => word.cost(),
        }
    }
}

impl Condition {
    /// What it costs; see [`MAX_COST`].
    pub fn cost(&self) -> usize {
        let (property, operator) = (self.property(), self.operator());
        let values = match self.value() {
            Data::List(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let more = values.len().saturating_sub(1);
        if property == Property::KycStatus {
            return 1 + 9 * values.len();
        }
        let list = if property.kind() == PropertyKind::Text { more.div_ceil(10) } else { more.div_ceil(50) };
        let documents = if property.is_of_documents() { 9 } else { 0 };
        1 + compared(property, operator, values) + list + documents
    }
}

/// What comparing a text costs beyond comparing it as a whole.
fn compared(property: Property, operator: Operator, values: &[Data]) -> usize {
    match operator {
        Operator::StartsWith => 1,
        Operator::Contains | Operator::NotContains | Operator::EndsWith => {
            let has_word = |value: &Data| match value {
                Data::Text(text) => text.split_whitespace().any(is_indexed),
                _ => false,
            };
            if property.is_in_search_text() && values.iter().all(has_word) { 1 } else { 4 }
        }
        _ => 0,
    }
}

fn is_indexed(word: &str) -> bool {
    word.chars().count() >= INDEXED_WORD
}

impl Word {
    /// What it costs to look for it; see [`MAX_COST`].
    pub fn cost(&self) -> usize {
        if self.spellings().all(is_indexed) { 2 } else { 5 }
    }
}
