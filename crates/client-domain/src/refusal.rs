//! Every "no" of the domain, with the data that a caller needs to proceed.

mod blocker;
mod blocker_words;
mod kind;

use std::collections::BTreeSet;

pub use blocker::Blocker;
pub use kind::RefusalKind;

use crate::lifecycle::{Action, Activity, ClientState, Operation};

/// A refused operation: what was asked for, the state of the client, and every blocker.
///
/// ```
/// use client_domain::lifecycle::{Action, Facts};
/// use client_domain::{Actor, Client, Justification, AuditStamp, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
///
/// let refusal = client.perform(Action::Exit, Justification::default(), &Facts::without_controls(), &maker).unwrap_err();
/// assert_eq!(refusal.code(), "invalid_status");
/// assert_eq!(refusal.to_string(), "exit is not possible while the client is Pending Approval");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not possible{}", operation.name(), self.because())]
pub struct Refusal {
    /// The refused operation.
    pub operation: Operation,
    /// The state of the client.
    pub state: ClientState,
    /// Every blocker; never empty.
    pub blockers: Vec<Blocker>,
}

impl Refusal {
    /// The kind of the refusal.
    ///
    /// [`Blocker::kind`] gives the kind of a single blocker. Among several kinds, a change of the document or the
    /// contact point since the caller saw it comes first; any other mixture is a conflict with the state.
    pub fn kind(&self) -> RefusalKind {
        let wrong_state = self.blockers.iter().any(|blocker| matches!(blocker, Blocker::State { .. }));
        match self.operation {
            Operation::Action(Action::Blacklist) if wrong_state && self.state == ClientState::BlackListed => {
                return RefusalKind::AlreadyBlacklisted;
            }
            Operation::Action(Action::UndoBlacklist) if wrong_state => return RefusalKind::NotBlacklisted,
            Operation::Action(_) | Operation::Activity(_) => {}
        }
        let kinds: BTreeSet<_> = self.blockers.iter().map(Blocker::kind).collect();
        let first =
            [RefusalKind::AlreadyReviewed, RefusalKind::ContentChanged, RefusalKind::ContactPointChanged];
        let only = kinds.first().copied().filter(|_| kinds.len() == 1);
        first.into_iter().find(|kind| kinds.contains(kind)).or(only).unwrap_or(RefusalKind::InvalidStatus)
    }

    /// The stable name of the kind, in `snake_case`.
    pub fn code(&self) -> &'static str {
        self.kind().name()
    }

    /// What to do instead, where a client in another state wants to return.
    const fn instead(&self) -> &'static str {
        match (self.operation, self.state) {
            (Operation::Activity(Activity::Return), ClientState::Rejected) => {
                "; undo its rejection or, if the applicant has withdrawn the application, create a new client"
            }
            (Operation::Activity(Activity::Return), ClientState::BlackListed) => {
                "; it has not exited, so remove it from the blacklist"
            }
            (Operation::Activity(Activity::Return), _) => "; it has not exited, so continue with this client",
            (Operation::Action(_) | Operation::Activity(_), _) => "",
        }
    }

    fn because(&self) -> String {
        if self.blockers.iter().any(|blocker| matches!(blocker, Blocker::State { .. })) {
            return format!(" while the client is {}{}", self.state.description(), self.instead());
        }
        let reasons: Vec<_> = self.blockers.iter().map(Blocker::words).collect();
        format!(": {}", reasons.join("; "))
    }
}
