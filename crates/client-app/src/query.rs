//! What every query has.

use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::ending::FoundClient;
use crate::ports::store::ClientRef;
use crate::spine::admission::permit;

/// A use case that reads: a struct of parsed values with its own type of result. The trait is sealed.
pub trait Query: sealed::Sealed + Send {
    /// The permission that it needs; `None` if every caller may ask.
    const PERMISSION: Option<Permission>;

    /// The result type.
    type Answer: Send;

    /// The result for an admitted caller, at this moment.
    #[doc(hidden)]
    fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        now: Timestamp,
    ) -> impl Future<Output = Result<Self::Answer, Error>> + Send;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

impl Clients {
    /// Answers a query.
    ///
    /// # Errors
    ///
    /// [`Error::PermissionMissing`], [`Error::NotFound`], or the error of a port.
    pub async fn query<Q: Query>(&self, caller: &Caller, query: Q) -> Result<Q::Answer, Error> {
        permit(caller, Q::PERMISSION)?;
        query.answer(self, caller, self.clock.now()).await
    }

    /// The client of a query.
    pub(crate) async fn found(&self, client: &ClientRef) -> Result<Client, Error> {
        Ok(self.found_with_ending(client).await?.client)
    }

    /// The client of a query, and how it ended.
    pub(crate) async fn found_with_ending(&self, client: &ClientRef) -> Result<FoundClient, Error> {
        let found = self.store.find_with_ending(client).await.map_err(Error::of_query)?;
        found.ok_or_else(|| Error::NotFound(client.clone()))
    }
}
