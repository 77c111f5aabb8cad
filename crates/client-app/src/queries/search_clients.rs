use client_domain::Permission;
use client_domain::search::{Order, Position, Predicate, Property};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::{ClientSummary, Page, Search};
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
    /// Whether to count all matches.
    pub count: bool,
    /// The date of "today" in the predicate; `None` means the date of the query. A walk over pages uses the
    /// date of its first page, or it would miss or repeat clients at midnight.
    pub today: Option<Date>,
}

/// A page of clients.
#[derive(Clone, Debug)]
pub struct ClientPage {
    /// The clients.
    pub clients: Vec<ClientSummary>,
    /// The number of all matches, if it was asked for.
    pub total: Option<u64>,
    /// The start of the next page; `None` on the last.
    pub next: Option<Position>,
    /// The date that was used.
    pub today: Date,
}

impl Sealed for SearchClients {}

impl Query for SearchClients {
    const PERMISSION: Permission = Permission::Read;
    type Answer = ClientPage;

    async fn answer(self, clients: &Clients, _caller: &Caller, now: Timestamp) -> Result<ClientPage, Error> {
        let Self { mut predicate, order, page, limit, count, today } = self;
        if predicate.asks_of(Property::BranchId) {
            let numbers = clients.branches.branch_numbers().await.map_err(Error::of_query)?;
            predicate = predicate.with_branches(&numbers);
        }
        let predicate = predicate
            .with_kyc_policy(&clients.kyc_policy)
            .with_calendar(&clients.calendar)
            .with_numbering(clients.numbering());
        let today = today.unwrap_or_else(|| clients.calendar.day_of(now));
        let search = Search { predicate, order, page, limit, count, today };
        let found = clients.store.search(&search).await.map_err(Error::of_query)?;
        Ok(ClientPage { clients: found.clients, total: found.total, next: found.next, today })
    }
}
