//! The bank's settings of the rules.

use client_domain::ClaimKind;

/// What happens if two clients have the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDuplicate {
    /// Nothing.
    Off,
    /// The command is done, and its outcome has a warning.
    Warn,
    /// The command is refused.
    Refuse,
}

impl OnDuplicate {
    /// Reads `off`, `warn` or `refuse`.
    pub fn parse(raw: &str) -> Option<Self> {
        match raw {
            "off" => Some(Self::Off),
            "warn" => Some(Self::Warn),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }
}

/// What happens if the directory of accounts gives no answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnanswered {
    /// An exit is refused.
    #[default]
    Refuse,
    /// An exit is possible, as if the client had no accounts.
    Allow,
}

/// What happens if a client looks like another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLookAlike {
    /// Nothing. A query can still find look-alikes.
    Off,
    /// The maker is warned, without a word about the other client.
    Warn,
    /// The maker is warned, and an approval must name every look-alike, so that the checker has compared them.
    Review,
}

/// The bank's settings of the rules.
///
/// ```
/// use client_app::{OnDuplicate, Policy};
/// use client_domain::ClaimKind;
///
/// let policy = Policy::default();
/// assert!(policy.four_eyes && !policy.approval_needs_request);
/// assert_eq!(policy.on_duplicate(ClaimKind::Phone), OnDuplicate::Off);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A maker, who has touched a client since its last approval, does not approve it.
    pub four_eyes: bool,
    /// Approval and rejection need an open approval request.
    pub approval_needs_request: bool,
    /// Decisions and reviews must name what their caller has seen: the version of the client or, for a
    /// document, the digest of its file. An outdated version or digest is refused in any case.
    pub decisions_need_version: bool,
    /// What happens if two clients have the same identification type and number.
    pub same_identification: OnDuplicate,
    /// What happens if two clients have the same e-mail address.
    pub same_email: OnDuplicate,
    /// What happens if two clients have the same phone number.
    pub same_phone: OnDuplicate,
    /// What happens if the directory of accounts gives no answer.
    pub unanswered_accounts: OnUnanswered,
    /// What happens if a client looks like another one.
    pub look_alikes: OnLookAlike,
    /// In a bank with more clients than this a search that no index serves is refused.
    pub broad_search_limit: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            four_eyes: true,
            approval_needs_request: false,
            decisions_need_version: false,
            same_identification: OnDuplicate::Refuse,
            same_email: OnDuplicate::Refuse,
            same_phone: OnDuplicate::Off,
            unanswered_accounts: OnUnanswered::Refuse,
            look_alikes: OnLookAlike::Off,
            broad_search_limit: u64::MAX,
        }
    }
}

impl Policy {
    /// What happens if two clients have the same value of this kind.
    pub const fn on_duplicate(&self, kind: ClaimKind) -> OnDuplicate {
        match kind {
            ClaimKind::Identification => self.same_identification,
            ClaimKind::Email => self.same_email,
            ClaimKind::Phone => self.same_phone,
            // A record returns once, whatever the bank has set.
            ClaimKind::FormerClient => OnDuplicate::Refuse,
        }
    }
}
