use std::cmp::Ordering;

use super::property::Property;
use super::sortable::Sortable;
use crate::client::Client;
use crate::value::{ClientId, Invalid};

/// The maximum number of properties in a sort.
pub const MAX_SORT_KEYS: usize = 3;

/// The direction of a sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The smallest first.
    #[default]
    Ascending,
    /// The largest first.
    Descending,
}

impl Direction {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// Reads a name, in any case.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        [Self::Ascending, Self::Descending]
            .into_iter()
            .find(|direction| direction.name().eq_ignore_ascii_case(raw.trim()))
            .ok_or(Invalid::Choice { choices: &["asc", "desc"] })
    }

    fn apply(self, ordering: Ordering) -> Ordering {
        match self {
            Self::Ascending => ordering,
            Self::Descending => ordering.reverse(),
        }
    }
}

/// The order of a result: up to three properties, and the id to break ties.
///
/// The id has the direction of the last property, so that "newest first" is newest id first too. The id is
/// unique, so the order is total, and paging neither omits nor repeats a client.
///
/// ```
/// use client_domain::search::{Direction, Order, Property};
///
/// assert_eq!(Order::default().keys(), [(Property::DateCreated, Direction::Descending)]);
/// assert_eq!(Order::default().tie_break(), Direction::Descending);
/// assert!(Order::by(vec![]).is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order(Vec<(Property, Direction)>);

impl Default for Order {
    /// Newest first.
    fn default() -> Self {
        Self(vec![(Property::DateCreated, Direction::Descending)])
    }
}

impl Order {
    /// One to three properties that can be sorted by, none of them twice; anything else is invalid.
    pub fn by(keys: Vec<(Property, Direction)>) -> Option<Self> {
        let repeated =
            keys.iter().enumerate().any(|(at, key)| keys.iter().take(at).any(|other| other.0 == key.0));
        let sortable = keys.iter().all(|(property, _)| property.is_sortable());
        (!keys.is_empty() && keys.len() <= MAX_SORT_KEYS && sortable && !repeated).then_some(Self(keys))
    }

    /// The properties, most important first.
    pub fn keys(&self) -> &[(Property, Direction)] {
        &self.0
    }

    /// The direction of the id.
    pub fn tie_break(&self) -> Direction {
        self.0.last().map_or(Direction::Descending, |key| key.1)
    }

    /// The position of a client in this order.
    pub fn position(&self, client: &Client) -> Position {
        Position { values: self.0.iter().map(|(property, _)| property.of(client)).collect(), id: client.id() }
    }

    /// Which of two positions comes first.
    pub fn compare(&self, one: &Position, other: &Position) -> Ordering {
        self.0
            .iter()
            .zip(one.values.iter().zip(&other.values))
            .map(|((_, direction), (one, other))| direction.apply(one.cmp(other)))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| self.tie_break().apply(one.id.cmp(&other.id)))
    }
}

/// A position in an [`Order`]: the values of its properties, and the id. A cursor holds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The values, one for each property of the order.
    pub values: Vec<Sortable>,
    /// The id that breaks ties.
    pub id: ClientId,
}
