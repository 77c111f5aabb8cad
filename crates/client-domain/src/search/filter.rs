use std::ops::Not;

use super::{Data, Faults, Operator, Predicate, Property};

/// A predicate as it is being written: its properties and operators are known, its values are not checked yet.
///
/// [`field`](super::field) makes one, [`Filter::and`], [`Filter::or`] and `!` put several together, and
/// [`Filter::check`] turns it into a [`Predicate`] or names everything that is wrong with it.
///
/// ```
/// use client_domain::search::field;
///
/// let faults = field::LAST_NAME.starts_with("").or(field::AGE.between(40, 30)).check().unwrap_err();
/// let texts: Vec<_> = faults.0.iter().map(ToString::to_string).collect();
/// assert_eq!(texts, [
///     "filters[0].filters[0].value must contain at least one visible character",
///     "filters[0].filters[1].value[1] must not lie before the first value",
/// ]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Filter {
    /// A property, an operator and what it takes.
    Condition {
        /// The property.
        property: Property,
        /// The operator.
        operator: Operator,
        /// What the operator takes; null for none.
        value: Data,
    },
    /// Several of them.
    Group {
        /// How they are put together.
        logic: Logic,
        /// The parts.
        filters: Vec<Self>,
    },
    /// Words that must all be mentioned.
    SearchTerm(String),
}

/// How filters are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    /// All of them hold.
    And,
    /// One of them holds.
    Or,
    /// The one there is does not hold.
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

    /// Three filters with the same word between them are one group, not two inside each other.
    fn put_together(self, wanted: Logic, other: Self) -> Self {
        match self {
            Self::Group { logic, mut filters } if logic == wanted => {
                filters.push(other);
                Self::Group { logic, filters }
            }
            first => Self::Group { logic: wanted, filters: vec![first, other] },
        }
    }

    /// Checks every value, and that it is no larger than a filter may be.
    pub fn check(&self) -> Result<Predicate, Faults> {
        // There is one reader, and it reads what is written on the wire.
        Predicate::read(&Data::List(vec![self.written()]), "filters").map(Predicate::simple)
    }

    /// A condition on a property with as many values as there are.
    pub(super) fn condition(property: Property, operator: Operator, mut values: Vec<Data>) -> Self {
        let value = if values.len() > 1 { Data::List(values) } else { values.pop().unwrap_or(Data::Null) };
        Self::Condition { property, operator, value }
    }

    /// The filter as it is written on the wire.
    pub(super) fn written(&self) -> Data {
        let object = |members: Vec<(&str, Data)>| {
            Data::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        };
        match self {
            Self::Condition { property, operator, value } => {
                let mut members = vec![
                    ("propertyName", Data::from(property.name())),
                    ("operator", Data::from(operator.name())),
                ];
                if *value != Data::Null {
                    members.push(("value", value.clone()));
                }
                object(members)
            }
            Self::Group { logic, filters } => {
                let filters = filters.iter().map(Self::written).collect();
                object(vec![("logic", Data::from(logic.name())), ("filters", Data::List(filters))])
            }
            Self::SearchTerm(term) => object(vec![("searchTerm", Data::from(term.as_str()))]),
        }
    }
}

impl Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self::Group { logic: Logic::Not, filters: vec![self] }
    }
}
