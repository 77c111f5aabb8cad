use std::ops::Not;

use super::condition::Condition;
use super::fault::{Fault, Faults};
use super::limits::{MAX_CONDITIONS, MAX_COST, MAX_LEVELS};
use super::operand::Operand;
use super::operator::Operator;
use super::predicate::Predicate;
use super::property::Property;
use super::word::Word;
use crate::value::Invalid;

/// A draft of a predicate: its properties and operators are known, its values are not checked yet.
///
/// [`field`](super::field) makes one, [`Filter::and`], [`Filter::or`] and `!` combine several, and
/// [`Filter::check`] turns it into a [`Predicate`] or names every fault.
///
/// ```
/// use client_domain::search::field;
///
/// let faults = field::LAST_NAME.starts_with("").or(field::AGE.between(40, 30)).check().unwrap_err();
/// let texts: Vec<_> = faults.0.iter().map(ToString::to_string).collect();
/// assert_eq!(texts, [
///     "lastName StartsWith: the value must contain at least one visible character",
///     "age Between: value 2 must not be before the first value",
/// ]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Filter {
    /// A property, an operator and its operand.
    Condition {
        /// The property.
        property: Property,
        /// The operator.
        operator: Operator,
        /// The operand.
        operand: Operand,
    },
    /// Several filters.
    Group {
        /// How they are combined.
        logic: Logic,
        /// The parts.
        filters: Vec<Self>,
    },
    /// Words that must all be mentioned.
    SearchTerm(String),
}

/// How filters are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    /// All of them hold.
    And,
    /// One of them holds.
    Or,
    /// The one part does not hold.
    Not,
}

impl Logic {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::And, Self::Or, Self::Not];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Not => "not",
        }
    }
}

impl Filter {
    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        self.put_together(Logic::And, other)
    }

    /// One of both holds.
    pub fn or(self, other: Self) -> Self {
        self.put_together(Logic::Or, other)
    }

    /// Three filters with the same logic are one group, not two nested ones.
    fn put_together(self, wanted: Logic, other: Self) -> Self {
        match self {
            Self::Group { logic, mut filters } if logic == wanted => {
                filters.push(other);
                Self::Group { logic, filters }
            }
            first => Self::Group { logic: wanted, filters: vec![first, other] },
        }
    }

    /// Checks every value and the size limits.
    pub fn check(&self) -> Result<Predicate, Faults> {
        let mut faults = Vec::new();
        let size = self.size();
        if size.conditions > MAX_CONDITIONS {
            faults.push(Fault::TooManyConditions);
        } else if size.levels > MAX_LEVELS {
            faults.push(Fault::TooDeep);
        } else if let Some(predicate) = self.read(&mut faults) {
            let cost = predicate.cost();
            if cost <= MAX_COST {
                return Ok(predicate.without_needless_groups());
            }
            faults.push(Fault::TooCostly { cost });
        }
        Err(Faults(faults))
    }

    fn size(&self) -> Size {
        match self {
            Self::Condition { .. } | Self::SearchTerm(_) => Size { conditions: 1, levels: 0 },
            Self::Group { filters, .. } => {
                filters.iter().map(Self::size).fold(Size { conditions: 0, levels: 1 }, |whole, part| Size {
                    conditions: whole.conditions + part.conditions,
                    levels: whole.levels.max(part.levels + 1),
                })
            }
        }
    }

    fn read(&self, faults: &mut Vec<Fault>) -> Option<Predicate> {
        match self {
            Self::Condition { property, operator, operand } => {
                match Condition::new(*property, *operator, operand) {
                    Ok(condition) => Some(Predicate::Where(condition)),
                    Err(found) => {
                        faults.extend(found.into_iter().map(|fault| Fault::Condition {
                            property: *property,
                            operator: *operator,
                            fault,
                        }));
                        None
                    }
                }
            }
            Self::Group { logic, filters } => {
                let max = if *logic == Logic::Not { 1 } else { MAX_CONDITIONS };
                if !(1..=max).contains(&filters.len()) {
                    faults.push(Fault::Group { max });
                    return None;
                }
                let read: Vec<_> = filters.iter().filter_map(|filter| filter.read(faults)).collect();
                let mut read = Some(read).filter(|read| read.len() == filters.len())?;
                match logic {
                    Logic::And => Some(Predicate::All(read)),
                    Logic::Or => Some(Predicate::Any(read)),
                    Logic::Not => read.pop().map(|one| Predicate::Not(Box::new(one))),
                }
            }
            Self::SearchTerm(term) => {
                let words = Word::read(term)
                    .and_then(|words| if words.is_empty() { Err(Invalid::Invisible) } else { Ok(words) });
                match words {
                    Ok(words) => Some(Predicate::of_words(words)),
                    Err(invalid) => {
                        faults.push(Fault::SearchTerm(invalid));
                        None
                    }
                }
            }
        }
    }
}

/// The size of a filter.
struct Size {
    conditions: usize,
    levels: usize,
}

impl Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Group { logic: Logic::Not, filters: vec![self] }
    }
}
