//! What every command has.

use client_domain::Permission;
use client_domain::kyc::KycPolicy;
use jiff::Timestamp;
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
    pub(crate) caller: &'a Caller,
    pub(crate) kyc_policy: &'a KycPolicy,
}

impl std::fmt::Debug for Resources<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resources").finish_non_exhaustive()
    }
}
