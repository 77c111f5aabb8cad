use client_domain::Permission;
use client_domain::search::{Order, Position, Predicate, Property};
use jiff::civil::Date;

use super::Query;
use super::sealed::Sealed;
use crate::ports::{ClientSummary, Page, Search};
use crate::{Caller, Clients, Error};

/// Finds clients, a page at a time.
#[derive(Clone, Debug)]
pub struct SearchClients {
    /// Which clients.
    pub predicate: Predicate,
    /// In which order.
    pub order: Order,
    /// Which page.
    pub page: Page,
    /// The greatest number of clients on a page.
    pub limit: usize,
    /// Whether to count all that are found.
    pub count: bool,
    /// The day that words like "today" in the predicate mean; none is the day of the query. A walk over pages keeps the day of
    /// its first page, or it would lose or repeat clients at midnight.
    pub today: Option<Date>,
}

/// A page of clients.
#[derive(Clone, Debug)]
pub struct ClientPage {
    /// The clients.
    pub clients: Vec<ClientSummary>,
    /// How many there are in all, where that was asked for.
    pub total: Option<u64>,
    /// Where the next page begins; none on the last.
    pub next: Option<Position>,
    /// The day that was used.
    pub today: Date,
}

impl Sealed for SearchClients {}

impl Query for SearchClients {
    const PERMISSION: Permission = Permission::Read;
    type Answer = ClientPage;

    async fn answer(self, clients: &Clients, _caller: &Caller) -> Result<ClientPage, Error> {
        let Self { mut predicate, order, page, limit, count, today } = self;
        if predicate.asks_of(Property::BranchId) {
            let numbers = clients.branches.branch_numbers().await.map_err(Error::of_query)?;
            predicate = predicate.with_branches(&numbers);
        }
        let predicate = predicate.with_kyc_policy(&clients.kyc_policy);
        let today = today.unwrap_or_else(|| clients.today());
        let search = Search { predicate, order, page, limit, count, today };
        let found = clients.store.search(&search).await.map_err(Error::of_query)?;
        Ok(ClientPage { clients: found.clients, total: found.total, next: found.next, today })
    }
}
