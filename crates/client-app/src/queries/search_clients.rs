use std::collections::BTreeSet;

use client_domain::Permission;
use client_domain::search::{Order, Position, Predicate, Property};
use client_domain::value::ClientKey;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::error::StoreError;
use crate::ports::store::{ClientSummary, Page, Search};
use crate::ports::totals::{Total, Totals};
use crate::query::Query;
use crate::query::sealed::Sealed;

/// Finds clients, one page at a time.
#[derive(Clone, Debug)]
pub struct SearchClients {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// The order of the clients.
    pub order: Order,
    /// Where the page begins.
    pub page: Page,
    /// The maximum number of clients on a page.
    pub limit: usize,
    /// How far the matches are counted.
    pub totals: Totals,
    /// The date of "today" in the predicate; `None` means the date of the query. A walk over pages uses the
    /// date of its first page, or it would miss or repeat clients at midnight.
    pub today: Option<Date>,
}

/// A page of clients.
#[derive(Clone, Debug)]
pub struct ClientPage {
    /// The clients.
    pub clients: Vec<ClientSummary>,
    /// The keys of those that the predicate finds by a former name only.
    pub former: BTreeSet<ClientKey>,
    /// The number of matches, if it was asked for.
    pub total: Option<Total>,
    /// The start of the next page; `None` on the last.
    pub next: Option<Position>,
    /// The date that was used.
    pub today: Date,
}

impl Sealed for SearchClients {}

impl Query for SearchClients {
    const PERMISSION: Option<Permission> = Some(Permission::Read);
    const MAY_LAG: bool = true;
    type Answer = ClientPage;

    async fn answer(self, clients: &Clients, _caller: &Caller, now: Timestamp) -> Result<ClientPage, Error> {
        let Self { predicate, order, page, limit, totals, today } = self;
        let predicate = clients.resolved(predicate).await.map_err(Error::of_query)?;
        let today = today.unwrap_or_else(|| clients.calendar.day_of(now));
        clients.refuse_broad(&predicate, today).await?;
        let search = Search { predicate, order, page, limit, totals, today };
        let found = clients.store.search(&search).await.map_err(Error::of_query)?;
        let former = clients.found_by_former_name(&search, &found.clients).await.map_err(Error::of_query)?;
        Ok(ClientPage { clients: found.clients, former, total: found.total, next: found.next, today })
    }
}

impl Clients {
    /// The predicate with what only the application knows: the numbers of branches, the KYC policy, the calendar and the
    /// numbering plan.
    pub(crate) async fn resolved(&self, mut predicate: Predicate) -> Result<Predicate, StoreError> {
        if predicate.asks_of(Property::BranchId) {
            predicate = predicate.with_branches(&self.branches.branch_numbers().await?);
        }
        let predicate = predicate.with_kyc_policy(&self.kyc_policy()).with_calendar(&self.calendar);
        Ok(predicate.with_numbering(self.numbering()))
    }

    /// The keys of those clients that the search would not find if they had never had another name. Clients that have had
    /// one are few, and are read once more.
    async fn found_by_former_name(
        &self,
        search: &Search,
        found: &[ClientSummary],
    ) -> Result<BTreeSet<ClientKey>, StoreError> {
        let renamed = found.iter().filter(|client| client.is_renamed);
        let keys: Vec<_> = renamed.map(|client| client.key.clone()).collect();
        if keys.is_empty() || !search.predicate.looks_at_former_names() {
            return Ok(BTreeSet::new());
        }
        let clients = self.store.find_all(&keys).await?;
        let former = clients.iter().filter(|one| search.predicate.finds_by_former_name(one, search.today));
        Ok(former.map(|client| client.key().clone()).collect())
    }
}
