use crate::actor::Actor;
use crate::client::{Approval, Client};
use crate::kyc::KycRequirements;
use crate::refusal::Blocker;

/// Something besides the state that must hold for an action.
///
/// A guard looks at facts, never at a port: whoever asks gathers the facts first. So explaining, trying out
/// and doing are the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The caller has not touched the client since its last decision.
    FourEyes,
    /// An approval request is open, where the bank's settings ask for one.
    ApprovalRequested,
    /// The client has no open accounts, as far as is known.
    NoOpenAccounts,
    /// What the bank demands of the client's papers is verified and unexpired.
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

    /// What is missing, if anything is.
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

/// What the guards look at, gathered before the decision.
///
/// ```
/// use client_domain::lifecycle::{Facts, OpenAccounts};
///
/// let facts = Facts { open_accounts: OpenAccounts::Count(2), ..Facts::without_controls() };
/// assert!(!facts.four_eyes);
/// ```
///
/// There is no default: a control that is forgotten here would be switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether an actor who has touched a client since its last decision may not approve it.
    pub four_eyes: bool,
    /// Whether a decision needs an open approval request.
    pub approval_needs_request: bool,
    /// Whether a decision must name what its actor has seen. No guard looks at it: it is a rule of the request.
    pub decisions_need_version: bool,
    /// What is known of the client's accounts.
    pub open_accounts: OpenAccounts,
    /// What the bank requires of the client's documents; nothing where it requires nothing.
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

/// What is known of the accounts that a client has in other systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenAccounts {
    /// No directory could say; then accounts do not stand in the way of an exit.
    #[default]
    Unknown,
    /// So many are open.
    Count(u32),
}
