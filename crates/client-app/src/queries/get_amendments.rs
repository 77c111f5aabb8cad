use client_domain::client::Amendment;
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The open amendments of a client, beside its live values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetAmendments {
    /// The client.
    pub client: ClientRef,
}

/// A client with its open amendments.
#[derive(Clone, Debug)]
pub struct ClientAmendments {
    /// The client, with its live values and its open amendments.
    pub client: Client,
}

impl ClientAmendments {
    /// The open amendments, oldest first.
    pub fn open(&self) -> &[Amendment] {
        &self.client.snapshot().amendments
    }
}

impl Sealed for GetAmendments {}

impl Query for GetAmendments {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ClientAmendments;

    async fn answer(
        self,
        clients: &Clients,
        _caller: &Caller,
        _now: Timestamp,
    ) -> Result<ClientAmendments, Error> {
        let client = clients.found(&self.client).await?;
        Ok(ClientAmendments { client })
    }
}
