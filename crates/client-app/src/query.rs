//! What every query has.

use std::sync::Arc;

use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::ending::FoundClient;
use crate::ports::store::ClientRef;
use crate::spine::admission::permit;

/// A use case that reads: a struct of parsed values with its own type of result. The trait is sealed.
pub trait Query: sealed::Sealed + Clone + Send + Sync {
    /// The permission that it needs; `None` if every caller may ask.
    const PERMISSION: Option<Permission>;

    /// Whether a replica may answer it, which can be behind. What people decide by, what is theirs alone, and everything that
    /// is not about clients is read from the storage itself.
    const MAY_LAG: bool = false;

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
    /// Answers a query, from the storage itself unless these are the clients of a
    /// [`ReplicaReading`](crate::ReplicaReading).
    ///
    /// # Errors
    ///
    /// [`Error::PermissionMissing`], [`Error::NotFound`], or the error of a port.
    pub async fn query<Q: Query>(&self, caller: &Caller, query: Q) -> Result<Q::Answer, Error> {
        permit(caller, Q::PERMISSION)?;
        if Q::MAY_LAG
            && let Some(answer) = self.answer_of_replica(caller, &query).await
        {
            return answer;
        }
        if self.reads.shows_a_position() {
            // A count that was kept may be older than what the caller has seen.
            let without_kept_counts = Self { counts: Arc::default(), ..self.clone() };
            return query.answer(&without_kept_counts, caller, self.clock.now()).await;
        }
        query.answer(self, caller, self.clock.now()).await
    }

    /// The client of a query.
    pub(crate) async fn found(&self, client: &ClientRef) -> Result<Client, Error> {
        Ok(self.found_with_ending(client).await?.client)
    }

    /// The client of a query, and how it ended.
    pub(crate) async fn found_with_ending(&self, client: &ClientRef) -> Result<FoundClient, Error> {
        let found = self.store.find_with_ending(client).await.map_err(Error::of_query)?;
        self.reads.check(found.ok_or_else(|| Error::NotFound(client.clone()))?)
    }
}
