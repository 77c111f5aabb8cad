use std::fmt;

use super::limits::{MAX_CONDITIONS, MAX_COST, MAX_LEVELS};
use super::operator::Operator;
use super::property::Property;
use crate::value::Invalid;

/// A fault of the operator of a condition or of its operand. It never holds the rejected value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OperandProblem {
    /// A value broke its rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It has the wrong type.
    #[error("must be {0}")]
    WrongType(&'static str),
    /// It is missing.
    #[error("is mandatory here")]
    Required,
    /// The property does not take this operator.
    #[error("{} takes only: {}", .0.name(), names(.0.kind().operators()))]
    OperatorNotApplicable(Property),
    /// The operator takes no value, but one is given.
    #[error("must be absent: the operator takes no value")]
    ValueNotTaken,
    /// A list has too few or too many items.
    #[error("{}", item_count(*.min, *.max))]
    ListLength {
        /// The minimum number.
        min: usize,
        /// The maximum number.
        max: usize,
    },
    /// The second value of a pair is smaller than the first.
    #[error("must not be before the first value")]
    EndBeforeStart,
}

/// A problem of an operand, and the part that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperandFault {
    /// The index of the value in the list, from 0; `None` for the operand as a whole.
    pub at: Option<usize>,
    /// The problem.
    pub problem: OperandProblem,
}

/// A fault of a [`Filter`](super::Filter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A condition is wrong.
    Condition {
        /// Its property.
        property: Property,
        /// Its operator.
        operator: Operator,
        /// The fault of its operand.
        fault: OperandFault,
    },
    /// A search term is wrong.
    SearchTerm(Invalid),
    /// A group has too few or too many parts.
    Group {
        /// The maximum number of parts; the minimum is 1.
        max: usize,
    },
    /// There are more conditions than [`MAX_CONDITIONS`].
    TooManyConditions,
    /// Groups are nested deeper than [`MAX_LEVELS`].
    TooDeep,
    /// It costs more than [`MAX_COST`].
    TooCostly {
        /// The cost.
        cost: usize,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition { property, operator, fault } => {
                write!(f, "{} {}: ", property.name(), operator.name())?;
                match fault.at {
                    Some(at) => write!(f, "value {} {}", at + 1, fault.problem),
                    None => write!(f, "the value {}", fault.problem),
                }
            }
            Self::SearchTerm(invalid) => write!(f, "the search term {invalid}"),
            Self::Group { max } => write!(f, "a group {}", item_count(1, *max)),
            Self::TooManyConditions => write!(f, "the filter has more than {MAX_CONDITIONS} conditions"),
            Self::TooDeep => write!(f, "groups are more than {MAX_LEVELS} levels deep"),
            Self::TooCostly { cost } => {
                write!(f, "the filter costs {cost}, and a filter may cost {MAX_COST}")
            }
        }
    }
}

/// Every fault of a [`Filter`](super::Filter), in the order of its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for Faults {}

/// The limits of a list in words.
fn item_count(min: usize, max: usize) -> String {
    match (min, max) {
        (1, 1) => "must have exactly 1 item".to_owned(),
        (min, max) if min == max => format!("must have exactly {min} items"),
        (min, max) => format!("must have {min} to {max} items"),
    }
}

fn names(operators: &[Operator]) -> String {
    operators.iter().map(|operator| operator.name()).collect::<Vec<_>>().join(", ")
}
