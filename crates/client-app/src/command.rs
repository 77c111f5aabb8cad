//! The command spine: load, decide, commit one changeset.
//!
//! ```text
//! command ──parse──> load (one read) ──facts──> the domain decides ──> Changeset ──commit──> outcome
//! ```
//!
//! Nothing outside this module commits. A command says which client it is about, what it decides and what it
//! answers; everything else (idempotency, expected versions, duplicates, history, events, dry runs, trying
//! again when somebody was faster) happens here and is the same for all.

mod changeset;
mod directory;
mod duplicates;
mod expected_version;
mod facts;
mod fingerprint;
mod not_found;
mod sealing;
mod spine;

pub(crate) use not_found::not_found;
pub(crate) use spine::internal;

use bytes::Bytes;
use client_domain::client::{Application, Decision};
use client_domain::kyc::ContentKey;
use client_domain::lifecycle::Facts;
use client_domain::value::{AccountOfficerId, BranchKey, ClientId, ClientKey};
use client_domain::{Client, ClientEvent, Refusal, Stamp};
use serde_json::{Map, Value};

use crate::ports::ClientRef;
use crate::spec::OperationSpec;

/// A command that was parsed and can be executed.
pub(crate) enum Command {
    /// Makes a client.
    New(Box<dyn Onboarding>),
    /// Does something with a client that is there.
    Existing(Box<dyn ClientCommand>),
}

/// What a command names that a directory may know.
#[derive(Clone, Copy, Default)]
pub(crate) struct Named<'a> {
    pub(crate) branch: Option<&'a BranchKey>,
    pub(crate) officer: Option<AccountOfficerId>,
}

impl Command {
    fn names(&self) -> Named<'_> {
        match self {
            Self::New(command) => command.names(),
            Self::Existing(command) => command.names(),
        }
    }
}

/// What makes a client.
pub(crate) trait Onboarding: Send + Sync {
    fn spec(&self) -> &'static OperationSpec;

    /// The branch and the account officer that it names.
    fn names(&self) -> Named<'_>;

    /// The application, with fresh key and number.
    fn application(&self, key: ClientKey, id: ClientId) -> Application;

    /// The published message and the data.
    fn reply(&self, client: &Client) -> (String, Map<String, Value>);
}

/// A file in memory that goes with a command.
pub(crate) struct Attachment {
    /// The key it is to be kept under.
    pub(crate) key: ContentKey,
    /// The whole of it.
    pub(crate) bytes: Bytes,
}

/// What does something with a client.
pub(crate) trait ClientCommand: Send + Sync {
    fn spec(&self) -> &'static OperationSpec;

    /// Which client.
    fn client(&self) -> &ClientRef;

    /// The branch and the account officer that it names.
    fn names(&self) -> Named<'_> {
        Named::default()
    }

    /// Whether the decision looks at the client's accounts, which costs a question to another system.
    fn needs_accounts(&self) -> bool {
        false
    }

    /// Whether it is a decision that does not say itself what its caller has seen.
    fn decides_unseen(&self) -> bool {
        false
    }

    /// The file that goes with it and is not kept yet.
    fn attachment(&self) -> Option<Attachment> {
        None
    }

    /// The members of the answer that name what a dry run does not make.
    fn fresh(&self) -> &'static [&'static str] {
        &[]
    }

    /// What the business says.
    fn decide(&self, client: &Client, facts: &Facts, stamp: &Stamp) -> Result<Decision, Refusal>;

    /// The published message and the data, of the client as it is now; the event, if something changed.
    fn reply(
        &self,
        client: &Client,
        event: Option<&ClientEvent>,
        stamp: &Stamp,
    ) -> (String, Map<String, Value>);
}
