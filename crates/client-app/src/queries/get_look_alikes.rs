use std::collections::BTreeSet;

use client_domain::{Client, Permission, Resemblance};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;
pub use crate::spine::look_alikes::LookAlike;

/// The clients of every state that may be the same person as this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetLookAlikes {
    /// The client.
    pub client: ClientRef,
}

/// The look-alikes of a client.
#[derive(Clone, Debug)]
pub struct ClientLookAlikes {
    /// The client.
    pub client: Client,
    /// The look-alikes, in the order of their keys. A resemblance of documents is left out for callers who may not read
    /// documents; then there may be none. A former record that was blacklisted when it exited is always among them.
    pub look_alikes: Vec<LookAlike>,
    /// Whether there may be more than were compared: at most 50 clients are, for each value.
    pub more: bool,
}

impl Sealed for GetLookAlikes {}

impl Query for GetLookAlikes {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    type Answer = ClientLookAlikes;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        _now: Timestamp,
    ) -> Result<ClientLookAlikes, Error> {
        let client = clients.found(&self.client).await?;
        let (look_alikes, more) = clients.shown_look_alikes(&client, caller).await?;
        Ok(ClientLookAlikes { client, look_alikes, more })
    }
}

impl Clients {
    /// The look-alikes of the client with the resemblances that this caller may see, and whether there may be more.
    pub(super) async fn shown_look_alikes(
        &self,
        client: &Client,
        caller: &Caller,
    ) -> Result<(Vec<LookAlike>, bool), Error> {
        let found = self.look_alikes(client).await.map_err(Error::of_query)?;
        let visible = |resemblance: &Resemblance| {
            *resemblance != Resemblance::Document || caller.may(Permission::KycRead)
        };
        let shown = found.clients.into_iter().map(|one| {
            let resemblances: BTreeSet<_> = one.resemblances.into_iter().filter(visible).collect();
            LookAlike { resemblances, ..one }
        });
        Ok((shown.collect(), found.more))
    }
}
