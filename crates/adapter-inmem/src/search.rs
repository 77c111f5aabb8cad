use std::sync::Arc;

use client_app::ports::{ClientSummary, Found, Page, Search, SelectedClients, Selection};
use client_domain::Client;
use client_domain::search::Position;

use crate::tables::{ClientRow, Tables};

impl Tables {
    /// Evaluates every client. The domain defines the meaning of the predicate and of the order.
    pub(crate) fn search(&self, search: &Search) -> Found {
        let mut found: Vec<(Position, &Client)> = self
            .clients
            .values()
            .filter(|row| search.predicate.evaluate_with(&row.client, &row.search_text, search.today))
            .map(|row| (search.order.position(&row.client), &row.client))
            .collect();
        found.sort_unstable_by(|(left, _), (right, _)| search.order.compare(left, right));

        let first = match &search.page {
            Page::Skip(count) => usize::try_from(*count).unwrap_or(usize::MAX),
            Page::After(position) => {
                found.partition_point(|(at, _)| search.order.compare(at, position).is_le())
            }
        };
        let total = search.totals.of(found.len() as u64);
        let rest = found.get(first..).unwrap_or_default();
        let page = rest.get(..search.limit).unwrap_or(rest);
        let next = if page.len() < rest.len() { page.last().map(|(at, _)| at.clone()) } else { None };
        let clients = page.iter().map(|(_, client)| ClientSummary::from(*client)).collect();
        Found { clients, next, total }
    }

    /// Finds every client, and reads them one by one out of these tables, which later commits do not change.
    pub(crate) fn select_all(self, selection: &Selection) -> SelectedClients {
        let Selection { predicate, order, today, .. } = selection;
        let found = self.clients.values();
        let found = found.filter(|row| predicate.evaluate_with(&row.client, &row.search_text, *today));
        let mut found: Vec<(Position, Arc<ClientRow>)> =
            found.map(|row| (order.position(&row.client), row.clone())).collect();
        found.sort_unstable_by(|(left, _), (right, _)| order.compare(left, right));
        selection.of_found(found.into_iter().map(move |(_, row)| self.with_ending(&row.client)))
    }
}
