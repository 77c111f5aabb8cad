//! What every command has.

use std::sync::Arc;

use client_domain::Permission;
use client_domain::kyc::KycPolicy;
use client_domain::reason::{CodedReason, ReasonEntry, ReasonedOperation, Rejection};
use client_domain::value::{NumberingPlan, ReasonCode};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::caller::Caller;
use crate::error::Error;
use crate::executed::Decided;
use crate::ports::keys::KeyGenerator;
use crate::request_digest::RequestDigest;
use crate::spine::plan::Step;

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
    /// The day of the bank.
    pub(crate) today: Date,
    pub(crate) caller: &'a Caller,
    pub(crate) kyc_policy: &'a KycPolicy,
    pub(crate) numbering: &'a Arc<dyn NumberingPlan>,
}

impl Resources<'_> {
    /// What is recorded of the code of a reason; `None` if the bank lists no codes for the operation.
    ///
    /// # Errors
    ///
    /// [`Error::ReasonNotAccepted`].
    pub(crate) fn coded_reason(
        &self,
        operation: ReasonedOperation,
        code: Option<&ReasonCode>,
    ) -> Result<Option<CodedReason>, Error> {
        Ok(self.chosen(operation, code)?.map(ReasonEntry::coded))
    }

    /// What is recorded of the code of a rejection; `None` if the bank lists no codes for it.
    ///
    /// # Errors
    ///
    /// [`Error::ReasonNotAccepted`].
    pub(crate) fn rejection(
        &self,
        operation: ReasonedOperation,
        code: Option<&ReasonCode>,
    ) -> Result<Option<Rejection>, Error> {
        Ok(self.chosen(operation, code)?.map(ReasonEntry::rejection))
    }

    fn chosen(
        &self,
        operation: ReasonedOperation,
        code: Option<&ReasonCode>,
    ) -> Result<Option<&ReasonEntry>, Error> {
        self.kyc_policy.reasons.choose(operation, code).map_err(Error::ReasonNotAccepted)
    }
}

impl std::fmt::Debug for Resources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resources").finish_non_exhaustive()
    }
}
