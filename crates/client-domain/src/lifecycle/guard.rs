use crate::actor::Actor;
use crate::client::{Approval, Client};
use crate::kyc::KycRequirements;
use crate::refusal::Blocker;

/// A condition of an action besides the state.
///
/// A guard reads facts, never a port: the application gathers the facts first. So explanation, dry run and
/// decision share the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The caller has not touched the client since its last decision.
    FourEyes,
    /// An approval request is open, if the bank requires one.
    ApprovalRequested,
    /// The client has no open accounts, as far as is known.
    NoOpenAccounts,
    /// Every requirement of the KYC policy is verified and unexpired.
    KycVerified,
}

impl Guard {
    /// The name on the wire, in `camelCase`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourEyes => "fourEyes",
            Self::ApprovalRequested => "approvalRequested",
            Self::NoOpenAccounts => "noOpenAccounts",
            Self::KycVerified => "kycVerified",
        }
    }

    /// The blocker, if the guard is not met.
    pub(crate) fn blocker(self, client: &Client, actor: &Actor, facts: &Facts) -> Option<Blocker> {
        let snapshot = client.snapshot();
        match self {
            Self::FourEyes if facts.four_eyes => {
                let (makers, by) = (&snapshot.makers, &actor.id);
                let blocker =
                    || Blocker::FourEyes { touches: makers.touches_of(by), too_many: makers.is_full() };
                (!makers.are_without(by)).then(blocker)
            }
            Self::ApprovalRequested if facts.approval_needs_request => {
                (!matches!(snapshot.approval, Approval::Requested(_)))
                    .then_some(Blocker::ApprovalNotRequested)
            }
            Self::NoOpenAccounts => match facts.open_accounts {
                OpenAccounts::Count(count) if count > 0 => Some(Blocker::OpenAccounts { count }),
                OpenAccounts::Count(_) | OpenAccounts::Unknown => None,
            },
            Self::KycVerified => {
                let requirements = facts.kyc.as_ref()?;
                let missing = client.kyc().missing(&requirements.required, requirements.today);
                (!missing.is_empty()).then_some(Blocker::Kyc { missing })
            }
            Self::FourEyes | Self::ApprovalRequested => None,
        }
    }
}

/// What the guards read, gathered before the decision.
///
/// ```
/// use client_domain::lifecycle::{Facts, OpenAccounts};
///
/// let facts = Facts { open_accounts: OpenAccounts::Count(2), ..Facts::without_controls() };
/// assert!(!facts.four_eyes);
/// ```
///
/// There is no `Default`: a control that a caller does not mention would be switched off silently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether an actor who has touched a client since its last decision may not approve it.
    pub four_eyes: bool,
    /// Whether approval and rejection need an open approval request.
    pub approval_needs_request: bool,
    /// Whether a decision must name what its actor has seen. No guard reads it: it is a rule of the request.
    pub decisions_need_version: bool,
    /// The accounts of the client, as far as they are known.
    pub open_accounts: OpenAccounts,
    /// The KYC requirements of the bank for this client; `None` if it requires nothing.
    pub kyc: Option<KycRequirements>,
}

impl Facts {
    /// Facts of a bank that switches every control off, for tests and examples of one control at a time.
    ///
    /// ```
    /// use client_domain::lifecycle::Facts;
    ///
    /// let facts = Facts::without_controls();
    /// assert!(!facts.four_eyes && !facts.approval_needs_request && facts.kyc.is_none());
    /// ```
    pub const fn without_controls() -> Self {
        Self {
            four_eyes: false,
            approval_needs_request: false,
            decisions_need_version: false,
            open_accounts: OpenAccounts::Unknown,
            kyc: None,
        }
    }
}

/// The accounts that a client has in other systems, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenAccounts {
    /// No directory could answer; then accounts do not block an exit.
    #[default]
    Unknown,
    /// The number of open accounts.
    Count(u32),
}
