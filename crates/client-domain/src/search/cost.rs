//! The cost of a filter for a store that has to read every client.

use super::condition::Condition;
use super::operand::Value;
use super::operator::Operator;
use super::predicate::Predicate;
use super::property::{Property, PropertyKind};
use super::word::Word;

/// The minimum length of a word for an index of the search text.
const INDEXED_WORD: usize = 3;

impl Predicate {
    /// The cost; see [`MAX_COST`](super::MAX_COST). A predicate that was read from filters costs no more than that.
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
    /// What it costs; see [`MAX_COST`](super::MAX_COST).
    pub fn cost(&self) -> usize {
        let (property, operator) = (self.property(), self.operator());
        let values = self.operand().values();
        let more = values.len().saturating_sub(1);
        if property == Property::KycStatus {
            return 1 + 9 * values.len().max(1);
        }
        let list = if property.kind() == PropertyKind::Text { more.div_ceil(10) } else { more.div_ceil(50) };
        let documents = if property.is_of_documents() { 9 } else { 0 };
        1 + compared(property, operator, values) + list + documents
    }
}

/// The cost of comparing a text beyond that of comparing it as a whole.
fn compared(property: Property, operator: Operator, values: &[Value]) -> usize {
    match operator {
        Operator::StartsWith => 1,
        Operator::Contains | Operator::NotContains | Operator::EndsWith => {
            let has_word = |value: &Value| match value {
                Value::Text(text) => text.split_whitespace().any(is_indexed),
                _ => false,
            };
            if property.is_in_search_text() && values.iter().all(has_word) { 1 } else { 4 }
        }
        _ => 0,
    }
}

/// Whether the index of words finds this one.
pub(super) fn is_indexed(word: &str) -> bool {
    word.chars().count() >= INDEXED_WORD
}

impl Word {
    /// The cost of searching for it; see [`MAX_COST`](super::MAX_COST).
    pub fn cost(&self) -> usize {
        if self.spellings().all(is_indexed) { 2 } else { 5 }
    }
}
