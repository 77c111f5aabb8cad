//! Every "no" of the business, with the data that a caller needs to do better.

mod unmet;

pub use unmet::Unmet;

use crate::lifecycle::{Action, ClientState, Operation};

/// The business says no: what was asked, where the client stands, everything that is missing.
///
/// ```
/// use client_domain::lifecycle::{Action, Facts};
/// use client_domain::{Actor, Client, Grounds, Stamp, example};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = Stamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let client = Client::onboard(example::application()?, &maker).client;
///
/// let refusal = client.perform(Action::Exit, Grounds::default(), &Facts::default(), &maker).unwrap_err();
/// assert_eq!(refusal.code(), "invalid_status");
/// assert_eq!(refusal.to_string(), "exit is not possible while the client is Pending Approval");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not possible{}", operation.name(), self.because())]
pub struct Refusal {
    /// What was asked for.
    pub operation: Operation,
    /// The state the client is in.
    pub state: ClientState,
    /// Everything that stands in the way; never empty.
    pub unmet: Vec<Unmet>,
}

impl Refusal {
    /// The stable name of the refusal, in `snake_case`.
    ///
    /// Four eyes and a missing reason are told apart from a conflict with the state only where nothing else
    /// stands in the way.
    pub fn code(&self) -> &'static str {
        let wrong_state = self.unmet.iter().any(|unmet| matches!(unmet, Unmet::State { .. }));
        let only = |wanted: fn(&Unmet) -> bool| self.unmet.iter().all(wanted);
        match self.operation {
            Operation::Action(Action::Blacklist) if wrong_state && self.state == ClientState::BlackListed => {
                "already_blacklisted"
            }
            Operation::Action(Action::UndoBlacklist) if wrong_state => "not_blacklisted",
            _ if only(is_four_eyes) => "four_eyes",
            _ if only(|unmet| matches!(unmet, Unmet::AlreadyRequested)) => "already_in_approval",
            _ if only(|unmet| matches!(unmet, Unmet::ReasonMissing)) => "reason_missing",
            _ if only(|unmet| matches!(unmet, Unmet::Kyc { .. })) => "kyc_incomplete",
            _ if self.unmet.iter().any(|unmet| matches!(unmet, Unmet::Reviewed { .. })) => "already_reviewed",
            _ if self.unmet.contains(&Unmet::ContentChanged) => "content_changed",
            _ if only(|unmet| matches!(unmet, Unmet::DocumentExpired { .. })) => "document_expired",
            _ if only(|unmet| matches!(unmet, Unmet::TooMany { .. })) => "too_many",
            _ => "invalid_status",
        }
    }

    fn because(&self) -> String {
        if self.unmet.iter().any(|unmet| matches!(unmet, Unmet::State { .. })) {
            return format!(" while the client is {}", self.state.description());
        }
        let reasons: Vec<_> = self.unmet.iter().map(Unmet::words).collect();
        format!(": {}", reasons.join("; "))
    }
}

/// Whether it stands in the way because two persons must look at one thing.
const fn is_four_eyes(unmet: &Unmet) -> bool {
    matches!(unmet, Unmet::FourEyes { .. } | Unmet::OwnUpload | Unmet::TooManyUploaders)
}
