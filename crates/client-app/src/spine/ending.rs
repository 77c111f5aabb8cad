//! What became of a client after its end: whether it has returned, and how it ended.

use client_domain::lifecycle::Activity;
use client_domain::value::ClientKey;
use client_domain::{Claim, Client, ClientEvent, ClientState};
use futures_util::future::try_join;

use crate::clients::Clients;
use crate::ports::error::StoreError;
use crate::ports::history::HistoryPage;
use crate::ports::store::ClientRef;

/// What the return of an exited client depends on; nothing for any other client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Returns {
    /// The client as which it has returned, unless that application was rejected.
    pub(crate) returned_as: Option<ClientKey>,
    /// Whether it was blacklisted when it exited.
    pub(crate) exited_blacklisted: bool,
}

impl Clients {
    /// What the return of this client depends on. It is read only if the client's state allows a return.
    pub(crate) async fn returns(&self, client: &Client) -> Result<Returns, StoreError> {
        if !Activity::Return.allowance().allows(client.state()) {
            return Ok(Returns::default());
        }
        let (returned_as, exited_blacklisted) =
            try_join(self.returned_as(client), self.exited_blacklisted(client)).await?;
        Ok(Returns { returned_as, exited_blacklisted })
    }

    /// The client as which this one has returned: the one that claims it, which is at most one and was not rejected.
    async fn returned_as(&self, client: &Client) -> Result<Option<ClientKey>, StoreError> {
        Ok(self.store.holders(&Claim::former_client(client.key())).await?.pop())
    }

    /// Whether this exited client was blacklisted when it exited: the last line of the history says so.
    pub(crate) async fn exited_blacklisted(&self, client: &Client) -> Result<bool, StoreError> {
        let last = self.last_event(client).await?;
        Ok(last.is_some_and(|event| event.from == Some(ClientState::BlackListed)))
    }

    /// The records that a client had before it returned, the last one first. Each names the one before, so they form a
    /// chain.
    pub(super) async fn former_records(&self, client: &Client) -> Result<Vec<Client>, StoreError> {
        let mut records: Vec<Client> = Vec::new();
        while let Some(key) = records.last().unwrap_or(client).snapshot().former_client.clone() {
            if records.iter().any(|record| *record.key() == key) {
                break;
            }
            match self.store.find(&ClientRef::Key(key)).await? {
                Some(record) => records.push(record),
                None => break,
            }
        }
        Ok(records)
    }

    /// The event that gave the client the version that was read, also if it has a newer one by now.
    pub(super) async fn last_event(&self, client: &Client) -> Result<Option<ClientEvent>, StoreError> {
        let before = Some(client.version().next());
        let page = HistoryPage { before, after: None, limit: 1, with_values: false };
        Ok(self.store.history(client.key(), page).await?.pop().map(|line| line.event))
    }
}
