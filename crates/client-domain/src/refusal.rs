//! Every "no" of the business, with the data that a caller needs to do better.

use jiff::civil::Date;

use crate::kyc::{Shortfall, VerificationStatus};
use crate::lifecycle::{Action, ClientState, Operation};
use crate::permission::Permission;

/// One thing that stands in the way of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmet {
    /// The client is in the wrong state.
    State {
        /// The states that would do.
        needed: Vec<ClientState>,
    },
    /// The caller lacks a permission. Only an explanation says so: a decision is asked for by callers who
    /// have been let in already.
    Permission(Permission),
    /// The caller made the client, or asked for its approval, and so does not approve it.
    FourEyes {
        /// The caller created the client.
        created: bool,
        /// The caller asked for its approval.
        requested: bool,
    },
    /// The bank wants an approval request first, and none is open.
    ApprovalNotRequested,
    /// An approval request is open already.
    AlreadyRequested,
    /// The client still has accounts.
    OpenAccounts {
        /// How many are open.
        count: u32,
    },
    /// The action needs a reason and none was given.
    ReasonMissing,
    /// Papers that the bank demands are not verified and unexpired.
    Kyc {
        /// Which, and why not.
        missing: Vec<Shortfall>,
    },
    /// The document or the address has been reviewed already.
    Reviewed {
        /// What came of it.
        status: VerificationStatus,
    },
    /// The caller handed it in, and so does not review it.
    OwnUpload,
    /// The document has run out.
    DocumentExpired {
        /// Its last day.
        last: Date,
    },
    /// The client has handed in as many as there can be.
    TooMany {
        /// How many that is.
        max: usize,
    },
    /// The client has handed in no such document or address.
    NotHandedIn,
}

impl Unmet {
    /// The stable name, in `snake_case`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::State { .. } => "state",
            Self::Permission(_) => "permission",
            Self::FourEyes { .. } => "four_eyes",
            Self::ApprovalNotRequested => "approval_not_requested",
            Self::AlreadyRequested => "already_requested",
            Self::OpenAccounts { .. } => "open_accounts",
            Self::ReasonMissing => "reason_missing",
            Self::Kyc { .. } => "kyc_incomplete",
            Self::Reviewed { .. } => "already_reviewed",
            Self::OwnUpload => "own_upload",
            Self::DocumentExpired { .. } => "document_expired",
            Self::TooMany { .. } => "too_many",
            Self::NotHandedIn => "not_handed_in",
        }
    }
}

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
/// assert!(refusal.allowed().iter().any(|operation| operation.name() == "approve"));
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
            _ if only(|unmet| matches!(unmet, Unmet::FourEyes { .. } | Unmet::OwnUpload)) => "four_eyes",
            _ if only(|unmet| matches!(unmet, Unmet::AlreadyRequested)) => "already_in_approval",
            _ if only(|unmet| matches!(unmet, Unmet::ReasonMissing)) => "reason_missing",
            _ if only(|unmet| matches!(unmet, Unmet::Kyc { .. })) => "kyc_incomplete",
            _ if self.unmet.iter().any(|unmet| matches!(unmet, Unmet::Reviewed { .. })) => "already_reviewed",
            _ if only(|unmet| matches!(unmet, Unmet::DocumentExpired { .. })) => "document_expired",
            _ if only(|unmet| matches!(unmet, Unmet::TooMany { .. })) => "too_many",
            _ => "invalid_status",
        }
    }

    /// What the client's state allows instead.
    pub fn allowed(&self) -> Vec<Operation> {
        Operation::allowed_in(self.state)
            .into_iter()
            .filter(|operation| *operation != self.operation)
            .collect()
    }

    fn because(&self) -> String {
        if self.unmet.iter().any(|unmet| matches!(unmet, Unmet::State { .. })) {
            return format!(" while the client is {}", self.state.description());
        }
        let reasons: Vec<_> = self.unmet.iter().map(Unmet::code).collect();
        format!(": {}", reasons.join(", "))
    }
}
