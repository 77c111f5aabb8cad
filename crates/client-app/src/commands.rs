//! The commands, one file each: a struct of parsed values, its decision, and its outcome.
//!
//! To add one, see "How to add a command" in CONTRIBUTING.

mod approve_address;
mod approve_client;
mod approve_document;
mod blacklist_client;
mod create_client;
mod exit_client;
mod note_expiry;
mod outcome;
mod record_transaction;
mod reject_address;
mod reject_client;
mod reject_document;
mod replace_content;
mod request_approval;
mod review;
mod state_change;
mod submit_address;
mod submit_document;
mod undo_blacklist;
mod update_client;

use client_domain::Permission;
use client_domain::kyc::KycPolicy;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use approve_address::ApproveAddress;
pub use approve_client::ApproveClient;
pub use approve_document::ApproveDocument;
pub use blacklist_client::BlacklistClient;
pub use create_client::{ClientCreated, CreateClient};
pub use exit_client::ExitClient;
pub(crate) use note_expiry::NoteExpiry;
pub use record_transaction::{RecordTransaction, TransactionRecorded};
pub use reject_address::RejectAddress;
pub use reject_client::RejectClient;
pub use reject_document::RejectDocument;
pub use replace_content::ReplaceContent;
pub(crate) use replace_content::Replacement;
pub use request_approval::{ApprovalRequested, RequestApproval};
pub use review::{AddressReviewed, DocumentReviewed};
pub use state_change::StateChanged;
pub use submit_address::{AddressSubmitted, SubmitAddress};
pub(crate) use submit_document::stored_content;
pub use submit_document::{ContentUpload, DocumentSubmitted, SubmitDocument};
pub use undo_blacklist::UndoBlacklist;
pub use update_client::{ClientUpdated, UpdateClient};

use crate::ports::KeyGenerator;
use crate::spine::Step;
use crate::{Caller, Clients, Decided, Error, Executed, Recording, RequestContext, RequestDigest};

/// A use case that writes: a struct of parsed values with its own type of outcome.
///
/// The trait is sealed: the domain decides what a command may do, and only the commands of this crate reach
/// the commit.
pub trait Command: sealed::Sealed + Send {
    /// The name in the history and in idempotency keys. It is stored, so it never changes.
    const NAME: &'static str;

    /// The permission that it needs.
    const PERMISSION: Permission;

    /// The outcome type.
    type Outcome: Serialize + DeserializeOwned + Send;

    /// Builds the outcome from the decision.
    #[doc(hidden)]
    fn outcome(decided: &Decided<'_>) -> Option<Self::Outcome>;

    /// All values of the command, so that another command with the same idempotency key is detected.
    #[doc(hidden)]
    fn digest(&self, digest: &mut RequestDigest);

    /// The step that the spine executes.
    #[doc(hidden)]
    fn step(self, resources: &Resources<'_>) -> Result<Step, Error>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// What a step may need besides the values of the command.
#[derive(Clone, Copy)]
pub struct Resources<'a> {
    pub(crate) keys: &'a dyn KeyGenerator,
    pub(crate) now: Timestamp,
    pub(crate) caller: &'a Caller,
    pub(crate) kyc_policy: &'a KycPolicy,
}

impl std::fmt::Debug for Resources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resources").finish_non_exhaustive()
    }
}

impl Clients {
    /// Executes a command.
    ///
    /// Dropping the future may leave the command done but unanswered; with an idempotency key it can be
    /// repeated safely.
    ///
    /// # Errors
    ///
    /// Every [`Error`]; nothing was written unless [`Error::outcome_is_unknown`].
    pub async fn execute<C: Command>(
        &self,
        context: &RequestContext,
        command: C,
    ) -> Result<Executed<C::Outcome>, Error> {
        let admission = self.admit(context, C::PERMISSION)?;
        let mut digest = RequestDigest::new();
        command.digest(&mut digest);
        let digest = || digest.clone();
        let plan = match self.plan(context, admission, command) {
            Ok(plan) => plan,
            Err(error) => {
                let replayed = self.replay(context, C::NAME, &digest).await?.ok_or(error)?;
                return replayed.map(|reply| restored::<C>(reply.data)).transpose();
            }
        };
        let reply = |decided: &Decided<'_>| {
            // An outcome that cannot be serialised is detected when it is read back.
            let outcome = C::outcome(decided).and_then(|outcome| serde_json::to_value(outcome).ok());
            (String::new(), outcome.unwrap_or(Value::Null))
        };
        let executed = self.carry_out(context, plan, &Recording { digest: &digest, reply: &reply }).await?;
        executed.map(|reply| restored::<C>(reply.data)).transpose()
    }
}

fn restored<C: Command>(data: Value) -> Result<C::Outcome, Error> {
    serde_json::from_value(data).map_err(|error| Error::Internal { cause: Some(error.to_string()) })
}
