use std::fmt;

use super::{MAX_COST, Operator, Property};
use crate::value::Invalid;

/// The greatest number of conditions in a filter; a search term counts as one.
pub const MAX_CONDITIONS: usize = 50;
/// The greatest number of groups inside each other.
pub const MAX_LEVELS: usize = 5;
/// The greatest number of values in a list.
pub const MAX_VALUES: usize = 200;
/// The greatest number of characters in a text.
pub const MAX_TEXT: usize = 256;
/// The greatest number of days that `LastDays` and `NextDays` take, a hundred years.
pub const MAX_DAYS: i64 = 36_525;

/// One thing that is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path of the member, such as `filters[2].operator`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a part of a filter. It never holds the value that was wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A value broke its rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It is of another type than it must be.
    #[error("must be {0}")]
    WrongType(&'static str),
    /// It must be there.
    #[error("is mandatory here")]
    Required,
    /// Filters know no such member here.
    #[error("is no member that filters know here")]
    UnknownMember,
    /// The member is there twice.
    #[error("is there twice")]
    Repeated,
    /// There is no such property.
    #[error("must be a property that clients can be searched by")]
    UnknownProperty,
    /// There is no such operator.
    #[error("must be an operator")]
    UnknownOperator,
    /// The caller may not search by this property.
    #[error("needs the permission {}", .0.permission().name())]
    PermissionMissing(Property),
    /// The property does not take this operator.
    #[error("{} takes only: {}", .0.name(), names(.0.kind().operators()))]
    OperatorNotApplicable(Property),
    /// The operator takes no value, and there is one.
    #[error("must be absent: the operator takes no value")]
    ValueNotTaken,
    /// A list has too few or too many items.
    #[error("{}", item_count(*.min, *.max))]
    ListLength {
        /// The least number.
        min: usize,
        /// The greatest number.
        max: usize,
    },
    /// The second value of a pair is smaller than the first.
    #[error("must not lie before the first value")]
    EndBeforeStart,
    /// There are more conditions than a filter may have.
    #[error("must be left out: a filter has at most {MAX_CONDITIONS} conditions")]
    TooManyConditions,
    /// It costs more than a filter may cost.
    #[error("{}", too_costly(*.cost, .conditions))]
    TooCostly {
        /// What it costs; see [`MAX_COST`].
        cost: usize,
        /// The places of its conditions and what each of them costs, the dearest first.
        conditions: Vec<(String, usize)>,
    },
    /// There are more groups inside each other than a filter may have.
    #[error("must be left out: groups are at most {MAX_LEVELS} levels deep")]
    TooDeep,
}

/// How many conditions are named in words.
const NAMED: usize = 3;

fn too_costly(cost: usize, conditions: &[(String, usize)]) -> String {
    let named = conditions.iter().take(NAMED).map(|(path, cost)| format!("{path} costs {cost}"));
    let named = named.collect::<Vec<_>>().join(", ");
    let others = match conditions.len().saturating_sub(NAMED) {
        0 => String::new(),
        others => format!(
            ", and {others} more cost {}",
            conditions.iter().skip(NAMED).map(|one| one.1).sum::<usize>()
        ),
    };
    format!(
        "asks too much at once: it costs {cost}, and a filter may cost {MAX_COST} ({named}{others}). Conditions on \
         documents and on kycStatus cost 10 and more, Contains costs up to 5, long lists cost more than short ones; \
         Equals and StartsWith on other properties cost 1 or 2"
    )
}

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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.problem)
    }
}

/// Everything that is wrong with a filter, in the order in which it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for Faults {}
