use std::collections::{BTreeMap, BTreeSet};

use client_domain::value::ClientKey;
use client_domain::{Client, Permission};
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::activity::{ActivityFilter, ActivityPage, ActivityPosition};
use crate::ports::history::HistoryEntry;
use crate::query::Query;
use crate::query::sealed::Sealed;
use crate::spine::admission::permit;

/// Who did what, across clients, newest first, a page at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetActivity {
    /// Which lines.
    pub filter: ActivityFilter,
    /// Only lines before this position, which is the end of the previous page.
    pub before: Option<ActivityPosition>,
    /// The maximum number of lines.
    pub limit: usize,
}

/// A page of what was done.
#[derive(Clone, Debug)]
pub struct RecentActivity {
    /// The lines, newest first.
    pub lines: Vec<ActivityLine>,
    /// The start of the next page; `None` on the last.
    pub next: Option<ActivityPosition>,
}

/// A line of the history of some client.
#[derive(Clone, Debug)]
pub struct ActivityLine {
    /// The line, without its values.
    pub entry: HistoryEntry,
    /// The client as it is now, for callers who may read clients.
    pub client: Option<Client>,
}

impl Sealed for GetActivity {}

impl Query for GetActivity {
    const PERMISSION: Option<Permission> = Some(Permission::History);
    const MAY_LAG: bool = true;
    type Answer = RecentActivity;

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        _now: Timestamp,
    ) -> Result<RecentActivity, Error> {
        let Self { filter, before, limit } = self;
        // The branch is a value of the client: without the permission for it, a filter would tell it.
        if filter.branch.is_some() {
            permit(caller, [Permission::Read])?;
        }
        let page = ActivityPage { filter, before, limit: limit.saturating_add(1) };
        let mut entries = clients.store.activity(&page).await.map_err(Error::of_query)?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().map(ActivityPosition::of).filter(|_| more);
        let named =
            if caller.may(Permission::Read) { clients.named(&entries).await? } else { BTreeMap::new() };
        let lines = entries.into_iter().map(|entry| {
            let client = named.get(&entry.event.key).cloned();
            ActivityLine { entry, client }
        });
        Ok(RecentActivity { lines: lines.collect(), next })
    }
}

impl Clients {
    /// The clients of these lines: one read for all of them.
    async fn named(&self, entries: &[HistoryEntry]) -> Result<BTreeMap<ClientKey, Client>, Error> {
        let keys: BTreeSet<_> = entries.iter().map(|entry| entry.event.key.clone()).collect();
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let keys: Vec<_> = keys.into_iter().collect();
        let found = self.store.find_all(&keys).await.map_err(Error::of_query)?;
        Ok(found.into_iter().map(|client| (client.key().clone(), client)).collect())
    }
}
