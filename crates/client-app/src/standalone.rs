//! Commands that write no client.

use client_domain::Permission;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clients::Clients;
use crate::error::Error;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;

/// A use case that writes, and no client: no version, no line of history, no event. The trait is sealed.
///
/// Each of them may be repeated: the second time changes nothing that the first one has not.
pub trait StandaloneCommand: sealed::Sealed + Send {
    /// The name in idempotency keys. It is stored, so it never changes.
    const NAME: &'static str;

    /// The permission that it needs.
    const PERMISSION: Permission;

    /// The outcome type.
    type Outcome: Serialize + DeserializeOwned + Send;

    /// All values of the command, so that another command with the same idempotency key is detected.
    #[doc(hidden)]
    fn digest(&self, digest: &mut RequestDigest);

    /// Does it for an admitted caller; a dry run changes nothing.
    #[doc(hidden)]
    fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> impl Future<Output = Result<Self::Outcome, Error>> + Send;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}
