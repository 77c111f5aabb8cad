use client_domain::lifecycle::{Explanation, explain};
use client_domain::{Client, Permission};

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;

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

    async fn answer(self, clients: &Clients, caller: &Caller) -> Result<ClientActions, Error> {
        let client = clients.found(&self.client).await?;
        let accounts = clients.accounts.open_accounts(client.key()).await.map_err(Error::of_query)?;
        let facts = clients.facts(&client, accounts, clients.clock.now());
        let actions = explain(&client, &caller.actor, &caller.permissions, &facts);
        Ok(ClientActions { client, actions })
    }
}
