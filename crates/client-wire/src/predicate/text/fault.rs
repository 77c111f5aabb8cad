use std::fmt;

use client_domain::search::{MAX_LEVELS, OperandProblem, Operator, Property};

use super::grammar::{MAX_LENGTH, SIGNS};
use crate::predicate::fault::Problem;

/// A fault of a filter as text, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFault {
    /// The position of the character, from 1; none for the filter as a whole.
    pub position: Option<usize>,
    /// The problem.
    pub problem: TextProblem,
}

/// A problem of a filter as text. It never holds the rejected value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// What the JSON form refuses too.
    #[error(transparent)]
    Filter(#[from] Problem),
    /// Something else would be accepted here.
    #[error("must be {0}")]
    Expected(&'static str),
    /// There is no such property.
    #[error("{}", unknown_property(*.similar, .choices))]
    UnknownProperty {
        /// The property that was probably meant.
        similar: Option<&'static str>,
        /// The properties that the caller can search by.
        choices: Vec<&'static str>,
    },
    /// There is no such operator of the property.
    #[error("must be an operator of {}: {}", .0.name(), operators(*.0))]
    UnknownOperator(Property),
    /// A text in quotation marks has no end.
    #[error("must be closed by the same quotation mark")]
    NotClosed,
    /// A backslash is followed by something else than an escape.
    #[error(r#"must be an escape: \" \' \\ \n \t or \u{{…}} with the hexadecimal number of a character"#)]
    NoEscape,
    /// Brackets and `not` are nested deeper than the limit.
    #[error("must be removed: brackets and not are nested at most {MAX_LEVELS} levels deep")]
    TooDeep,
    /// The text is too long.
    #[error("must have at most {MAX_LENGTH} bytes")]
    TooLong,
}

impl From<OperandProblem> for TextProblem {
    fn from(problem: OperandProblem) -> Self {
        Self::Filter(problem.into())
    }
}

fn unknown_property(similar: Option<&str>, choices: &[&str]) -> String {
    match similar {
        Some(similar) => format!("must be a property that clients can be searched by, such as {similar}"),
        None => format!("must be a property that clients can be searched by: {}", choices.join(", ")),
    }
}

/// The operators that a property takes, by their signs where they have one.
fn operators(property: Property) -> String {
    let sign = |operator: &Operator| SIGNS.iter().find(|(_, known)| known == operator).map(|(sign, _)| *sign);
    let names = property.kind().operators().iter().map(|operator| sign(operator).unwrap_or(operator.name()));
    names.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "position {position} {}", self.problem),
            None => write!(f, "the filter {}", self.problem),
        }
    }
}

/// Every fault of a filter, in the order of the text. A fault of the grammar is the last one, because what follows it has no
/// meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFaults(pub Vec<TextFault>);

impl fmt::Display for TextFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for TextFaults {}
