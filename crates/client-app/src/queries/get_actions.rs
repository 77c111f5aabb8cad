use client_domain::client::{Explanation, explain};
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::ending::{Ending, FoundClient};
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
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = ClientActions;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<ClientActions, Error> {
        let FoundClient { client, ending } = clients.found_with_ending(&self.client).await?;
        let actions = clients.explained(&client, caller, ending, now).await?;
        Ok(ClientActions { client, actions })
    }
}

impl Clients {
    /// Every operation on the client, with its blockers for this caller.
    pub(super) async fn explained(
        &self,
        client: &Client,
        caller: &Caller,
        ending: Ending,
        now: Timestamp,
    ) -> Result<Vec<Explanation>, Error> {
        let look_alikes = self.look_alikes_to_review(client).await.map_err(Error::of_query)?;
        let open_accounts = self.open_accounts_in_state(client).await;
        let duplicates =
            self.duplicates_if_taken_up(client, &ending, caller).await.map_err(Error::of_query)?;
        let outside = Outside { open_accounts, ending, look_alikes, duplicates };
        let facts = self.facts(client, outside, now);
        Ok(explain(client, &caller.actor, &caller.permissions, &facts))
    }
}
