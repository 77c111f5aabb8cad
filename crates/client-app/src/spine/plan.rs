use bytes::Bytes;
use client_domain::client::Decision;
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::Facts;
use client_domain::value::{AccountOfficerId, BranchKey};
use client_domain::{AuditStamp, Client, Refusal};
use jiff::Timestamp;

use crate::commands::CreateClient;
use crate::ports::ClientRef;

/// A command of any kind, ready to be executed.
///
/// It is made by [`Clients::plan`](crate::Clients::plan), so there is none whose caller was not admitted.
pub struct Plan {
    /// The recorded name of the command.
    pub(crate) name: &'static str,
    /// The time of the command: that of its admission.
    pub(crate) now: Timestamp,
    pub(crate) step: Step,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a plan does.
pub enum Step {
    /// Creates a client.
    Create(Box<CreateClient>),
    /// Changes a client.
    Change(Box<dyn Decide>),
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Create(_) => "Create(…)",
            Self::Change(_) => "Change(…)",
        })
    }
}

impl Step {
    pub(crate) fn change(decide: impl Decide + 'static) -> Self {
        Self::Change(Box::new(decide))
    }
}

/// What a command names that a directory may know.
#[derive(Clone, Copy, Debug, Default)]
pub struct NamedInDirectory<'a> {
    pub(crate) branch: Option<&'a BranchKey>,
    pub(crate) officer: Option<AccountOfficerId>,
}

/// A file in memory that goes with a command.
pub struct Attachment {
    /// The key that it is stored under.
    pub(crate) key: ContentKey,
    /// The whole of it.
    pub(crate) bytes: Bytes,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What a command decides of a client.
pub trait Decide: Send + Sync {
    /// Which client.
    fn client(&self) -> &ClientRef;

    /// The branch and the account officer that it names.
    fn names(&self) -> NamedInDirectory<'_> {
        NamedInDirectory::default()
    }

    /// Whether the decision looks at the client's accounts, which costs a question to another system.
    fn needs_accounts(&self) -> bool {
        false
    }

    /// Whether it is a decision that does not say itself what its caller has seen.
    fn decides_unseen(&self) -> bool {
        false
    }

    /// The file that goes with it and is not stored yet.
    fn attachment(&self) -> Option<Attachment> {
        None
    }

    /// What the business says.
    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal>;
}
