use std::collections::BTreeMap;

use crate::claim_kind::ClaimKind;
use crate::client::two_persons::TwoPersons;
use crate::kyc::KycRequirements;
use crate::value::ClientKey;

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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether an actor who has touched a client since its last approval may not approve it.
    pub four_eyes: bool,
    /// Whether approval and rejection need an open approval request.
    pub approval_needs_request: bool,
    /// Whether a decision must name what its actor has seen. No guard reads it: it is a rule of the request.
    pub decisions_need_version: bool,
    /// The fields whose change waits for a second person.
    pub two_persons: TwoPersons,
    /// Whether the applicant has withdrawn the application. The state does not tell: the last event does.
    pub withdrawn: bool,
    /// The client as which this exited one has returned, if it has; an application that was rejected does not count.
    pub returned_as: Option<ClientKey>,
    /// Whether this exited client was blacklisted when it exited. The state does not tell: the last event does.
    pub exited_blacklisted: bool,
    /// The accounts of the client, as far as they are known.
    pub open_accounts: OpenAccounts,
    /// The KYC requirements of the bank for this client; `None` if it requires nothing.
    pub kyc: Option<KycRequirements>,
    /// The keys of the clients that look like this one and that the caller has not reviewed; empty if the bank does
    /// not require the review.
    pub unreviewed_look_alikes: Vec<ClientKey>,
    /// The clients that have a value which this one would claim if its application were taken up again, by the kind of the
    /// value. No guard reads it: a command leaves it empty, because its commit finds duplicates. An explanation needs it.
    pub duplicates: BTreeMap<ClaimKind, Vec<ClientKey>>,
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
    pub fn without_controls() -> Self {
        Self {
            four_eyes: false,
            approval_needs_request: false,
            decisions_need_version: false,
            two_persons: TwoPersons::default(),
            withdrawn: false,
            returned_as: None,
            exited_blacklisted: false,
            open_accounts: OpenAccounts::Unknown,
            kyc: None,
            unreviewed_look_alikes: Vec::new(),
            duplicates: BTreeMap::new(),
        }
    }
}

/// The accounts that a client has in other systems, as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OpenAccounts {
    /// No directory knows them; then accounts do not block an exit.
    #[default]
    Unknown,
    /// A directory knows them and gave no answer; this blocks an exit.
    Unanswered,
    /// The number of open accounts.
    Count(u32),
}
