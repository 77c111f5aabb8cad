use std::collections::BTreeSet;

use client_domain::EventKind;
use jiff::Timestamp;

use super::receiver_name::ReceiverName;

/// The events that a receiver takes.
///
/// ```
/// use client_app::ports::EventFilter;
/// use client_domain::EventKind;
///
/// assert!(EventFilter::All.takes(EventKind::Approved));
/// let filter = EventFilter::Only([EventKind::Blacklisted].into());
/// assert!(filter.takes(EventKind::Blacklisted));
/// assert!(!filter.takes(EventKind::Approved));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFilter {
    /// Events of every kind, also of kinds that a later release adds.
    All,
    /// Events of these kinds.
    Only(BTreeSet<EventKind>),
}

impl EventFilter {
    /// Whether an event of this kind is taken.
    pub fn takes(&self, kind: EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kinds.contains(&kind),
        }
    }

    /// The names of the kinds; `None` for all of them.
    pub fn names(&self) -> Option<Vec<&'static str>> {
        match self {
            Self::All => None,
            Self::Only(kinds) => Some(kinds.iter().map(|kind| kind.name()).collect()),
        }
    }
}

/// A receiver besides the default one, for which events are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The receiver.
    pub receiver: ReceiverName,
    /// The events that it takes of the commits from now on.
    pub filter: EventFilter,
    /// When it was first registered.
    pub since: Timestamp,
}
