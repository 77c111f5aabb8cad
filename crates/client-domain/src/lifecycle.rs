//! The lifecycle of a client, as one table of plain rows.
//!
//! [`TRANSITIONS`] is the only place that knows which state may follow which. Decisions, refusals, the
//! explanation of possible operations, the permissions, the diagram below and the transitions that a database
//! enforces are all read from it. [`ALLOWANCES`] is the second, smaller table: the activities that a state
//! allows.
//!
#![doc = include_str!("lifecycle/transitions.md")]
//!
#![doc = include_str!("lifecycle/allowances.md")]
//!
//! ```
//! use client_domain::ClientState;
//! use client_domain::lifecycle::{Action, transition};
//!
//! let row = transition(ClientState::Active, Action::Blacklist).unwrap();
//! assert_eq!(row.to, ClientState::BlackListed);
//! assert!(row.reason_needed);
//! assert!(transition(ClientState::Exited, Action::Approve).is_none());
//! ```

pub(crate) mod action;
mod activity;
mod check;
mod facts;
mod guard;
mod render;
pub(crate) mod state;
mod table;

pub use action::Action;
pub use activity::{ALLOWANCES, Activity, Allowance};
pub use facts::{Facts, OpenAccounts};
pub use guard::Guard;
pub use render::{allowances_markdown, edges_sql, mermaid, transitions_markdown};
pub use state::ClientState;
pub use table::{Initiator, TRANSITIONS, Transition};

/// The transition out of `from` by `action`, if there is one.
pub fn transition(from: ClientState, action: Action) -> Option<&'static Transition> {
    TRANSITIONS.iter().find(|row| row.from == Some(from) && row.action == action)
}

/// The states from which `action` is possible.
pub fn origins(action: Action) -> Vec<ClientState> {
    TRANSITIONS.iter().filter(|row| row.action == action).filter_map(|row| row.from).collect()
}

/// An operation on a client: a lifecycle action, or an activity within a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Changes the state.
    Action(Action),
    /// Leaves the state as it is.
    Activity(Activity),
}

impl Operation {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Action(action) => action.name(),
            Self::Activity(activity) => activity.name(),
        }
    }

    /// Whether it is a decision about what the caller has seen: an action that a person starts on an existing
    /// client, or a review.
    pub fn is_decision(self) -> bool {
        match self {
            Self::Action(action) => TRANSITIONS
                .iter()
                .any(|row| row.action == action && row.from.is_some() && row.initiator == Initiator::Person),
            Self::Activity(activity) => activity == Activity::ReviewKyc,
        }
    }

    /// Every operation that `state` itself allows people, activities first, each in the order of its table.
    pub fn allowed_in(state: ClientState) -> Vec<Self> {
        let activities =
            ALLOWANCES.iter().filter(|row| row.allows(state)).map(|row| Self::Activity(row.activity));
        // An action that a system reports is part of an activity: activation is part of transacting.
        let actions = TRANSITIONS
            .iter()
            .filter(|row| row.from == Some(state) && row.initiator == Initiator::Person)
            .map(|row| Self::Action(row.action));
        activities.chain(actions).collect()
    }
}

crate::conversions::display_name!(Operation);
