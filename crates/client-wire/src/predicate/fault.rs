use std::fmt;

use client_domain::Invalid;
use client_domain::search::{MAX_CONDITIONS, MAX_COST, MAX_LEVELS, OperandProblem, Property};

/// A fault of filters, and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The path of the member, such as `filters[2].operator`.
    pub path: String,
    /// The problem.
    pub problem: Problem,
}

/// A problem of a part of filters. It never holds the rejected value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The domain refuses the operator of the property, or its value.
    #[error(transparent)]
    Operand(#[from] OperandProblem),
    /// The member is unknown here.
    #[error("is not a member of this part of a filter")]
    UnknownMember,
    /// The member must not occur twice.
    #[error("must not occur twice")]
    Repeated,
    /// There is no such property.
    #[error("must be a property that clients can be searched by")]
    UnknownProperty,
    /// There is no such operator.
    #[error("must be an operator")]
    UnknownOperator,
    /// The caller has no permission to search by this property.
    #[error("needs the permission {}", .0.permission().name())]
    PermissionMissing(Property),
    /// There are more conditions than filters may have.
    #[error("must be removed: a filter has at most {MAX_CONDITIONS} conditions")]
    TooManyConditions,
    /// The filters cost more than the limit.
    #[error("{}", too_costly(*.cost, .conditions))]
    TooCostly {
        /// Their cost; see [`MAX_COST`].
        cost: usize,
        /// The path and the cost of each condition, the highest cost first.
        conditions: Vec<(String, usize)>,
    },
    /// Groups are nested deeper than the limit.
    #[error("must be removed: groups are nested at most {MAX_LEVELS} levels deep")]
    TooDeep,
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        OperandProblem::Invalid(invalid).into()
    }
}

/// How many conditions a message names.
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
        "is too expensive: it costs {cost}, and the limit is {MAX_COST} ({named}{others}). Conditions on \
         documents and on kycStatus cost 10 and more, Contains costs up to 5, long lists cost more than short ones; \
         Equals and StartsWith on other properties cost 1 or 2"
    )
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.problem)
    }
}

/// Every fault of filters, in the order in which they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for Faults {}
