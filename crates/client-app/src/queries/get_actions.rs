use client_domain::client::{Explanation, explain};
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::spine::facts::Outside;

/// All operations on a client: whether this caller can do each now, and if not, why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetActions {
    /// The client.
    pub client: ClientRef,
}

/// The operations on a client.
#[derive(Clone, Debug)]
pub struct ClientActions {
    /// The client.
    pub client: Client,
    /// Every operation, with its blockers.
    pub actions: Vec<Explanation>,
}

impl Sealed for GetActions {}

impl Query for GetActions {
    const PERMISSION: Permission = Permission::Read;
    type Answer = ClientActions;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ClientActions, Error> {
        let client = clients.found(&self.client).await?;
        let look_alikes = clients.look_alikes_to_review(&client).await.map_err(Error::of_query)?;
        let withdrawn = clients.is_withdrawn(&client).await.map_err(Error::of_query)?;
        let returns = clients.returns(&client).await.map_err(Error::of_query)?;
        let open_accounts = clients.open_accounts_in_state(&client).await;
        let outside = Outside { open_accounts, withdrawn, returns, look_alikes };
        let facts = clients.facts(&client, outside, now);
        let actions = explain(&client, &caller.actor, &caller.permissions, &facts);
        Ok(ClientActions { client, actions })
    }
}
