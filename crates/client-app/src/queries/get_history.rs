use client_domain::value::{ClientKey, Version};
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::history::{HistoryEntry, HistoryPage};
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The history of a client, newest entry first, a page at a time. The values before and after are read for callers
/// with the permissions `customers.history.values` and `customers.read` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetHistory {
    /// The client.
    pub client: ClientRef,
    /// Only lines before this version, which is the end of the previous page.
    pub before: Option<Version>,
    /// The maximum number of lines.
    pub limit: usize,
}

/// A page of a history.
#[derive(Clone, Debug)]
pub struct ClientHistory {
    /// The client.
    pub client: ClientKey,
    /// The lines, newest first.
    pub entries: Vec<HistoryEntry>,
    /// The start of the next page; `None` on the last.
    pub next: Option<Version>,
}

/// Whether a history shows this caller the values before and after each change.
pub fn shows_values(caller: &Caller) -> bool {
    caller.may(Permission::HistoryValues) && caller.may(Permission::Read)
}

impl Sealed for GetHistory {}

impl Query for GetHistory {
    const PERMISSION: Option<Permission> = Some(Permission::History);
    const MAY_LAG: bool = true;
    type Answer = ClientHistory;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        _now: Timestamp,
    ) -> Result<ClientHistory, Error> {
        let client = clients.found(&self.client).await?;
        clients.history_of(&client, caller, self.before, self.limit).await
    }
}

impl Clients {
    /// The lines of the client before this version, at most so many.
    pub(super) async fn history_of(
        &self,
        client: &Client,
        caller: &Caller,
        before: Option<Version>,
        limit: usize,
    ) -> Result<ClientHistory, Error> {
        // The values are those of the client, so they also need the permission to see it.
        let with_values = shows_values(caller);
        let page =
            HistoryPage { before, after: None, events: &[], limit: limit.saturating_add(1), with_values };
        let mut entries = self.store.history(client.key(), page).await.map_err(Error::of_query)?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().map(|entry| entry.event.version).filter(|_| more);
        Ok(ClientHistory { client: client.key().clone(), entries, next })
    }
}
