use bytes::Bytes;
use client_domain::client::{Application, Change, Decision};
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::Facts;
use client_domain::value::{AccountOfficerId, BranchKey, ClientId, ClientKey};
use client_domain::{AuditStamp, Client, Refusal};
use jiff::Timestamp;

use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::spine::facts::Needs;

/// A command of any kind, ready to be executed.
///
/// [`Clients::plan`](crate::Clients::plan) makes it, so its caller was admitted.
pub struct Plan {
    /// The recorded name of the command.
    pub(crate) name: &'static str,
    /// The time of the admission.
    pub(crate) now: Timestamp,
    pub(crate) step: Step,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The step of a plan.
pub enum Step {
    /// Creates a client.
    Create(Box<dyn Onboard>),
    /// Creates a client that is linked to a former one.
    CreateAgain(Box<dyn OnboardAgain>),
    /// Changes a client.
    Change(Box<dyn Decide>),
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Create(_) => "Create(…)",
            Self::CreateAgain(_) => "CreateAgain(…)",
            Self::Change(_) => "Change(…)",
        })
    }
}

impl Step {
    pub(crate) fn change(decide: impl Decide + 'static) -> Self {
        Self::Change(Box::new(decide))
    }
}

/// The directory entries that a command names.
#[derive(Clone, Copy, Debug, Default)]
pub struct NamedInDirectory<'a> {
    pub(crate) branch: Option<&'a BranchKey>,
    pub(crate) officer: Option<AccountOfficerId>,
}

/// The file of a command, in memory.
pub struct Attachment {
    /// The key under which it is stored.
    pub(crate) key: ContentKey,
    /// The bytes.
    pub(crate) bytes: Bytes,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A command that creates a client.
pub trait Onboard: Send + Sync {
    /// The branch and the account officer that it names.
    fn names(&self) -> NamedInDirectory<'_>;

    /// The application, with a fresh key and number.
    fn application(&self, key: ClientKey, id: ClientId) -> Application;
}

/// The key and the number of a new client.
#[derive(Clone, Debug)]
pub struct Fresh {
    pub(crate) key: ClientKey,
    pub(crate) id: ClientId,
}

/// A command that creates a client of the values of a former one.
pub trait OnboardAgain: Send + Sync {
    /// The former client.
    fn former(&self) -> &ClientRef;

    /// Refuses a value that is wrong beside those of the former client.
    fn check(&self, _former: &Client) -> Result<(), Error> {
        Ok(())
    }

    /// The decision of the domain about the former client: the new client.
    fn decide(
        &self,
        former: &Client,
        fresh: Fresh,
        facts: &Facts,
        stamp: &AuditStamp,
    ) -> Result<Change, Refusal>;
}

/// A command that changes a client.
pub trait Decide: Send + Sync {
    /// The client.
    fn client(&self) -> &ClientRef;

    /// The branch and the account officer of the command.
    fn names(&self) -> NamedInDirectory<'_> {
        NamedInDirectory::default()
    }

    /// What the decision depends on besides the client.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// Whether it is a decision that does not itself name what its caller has seen.
    fn decides_unseen(&self) -> bool {
        false
    }

    /// The file of the command, if it is not stored yet.
    fn attachment(&self) -> Option<Attachment> {
        None
    }

    /// Refuses a value that is wrong beside those of the client, such as a phone number that its country does not have.
    fn check(&self, _client: &Client) -> Result<(), Error> {
        Ok(())
    }

    /// The decision of the domain.
    fn decide(&self, client: &Client, facts: &Facts, stamp: &AuditStamp) -> Result<Decision, Refusal>;
}
