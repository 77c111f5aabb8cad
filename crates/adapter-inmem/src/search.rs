use client_app::ports::{ClientSummary, Found, Page, Search};
use client_domain::Client;
use client_domain::search::Position;

use crate::tables::Tables;

impl Tables {
    /// Looks at every client: what the predicate and the order mean is the domain's to say.
    pub(crate) fn search(&self, search: &Search) -> Found {
        let mut found: Vec<(Position, &Client)> = self
            .clients
            .values()
            .filter(|kept| search.predicate.evaluate_with(&kept.client, &kept.search_text, search.today))
            .map(|kept| (search.order.position(&kept.client), &kept.client))
            .collect();
        found.sort_unstable_by(|(one, _), (other, _)| search.order.compare(one, other));

        let first = match &search.page {
            Page::Skip(count) => usize::try_from(*count).unwrap_or(usize::MAX),
            Page::After(position) => {
                found.partition_point(|(at, _)| search.order.compare(at, position).is_le())
            }
        };
        let total = search.count.then_some(found.len() as u64);
        let rest = found.get(first..).unwrap_or_default();
        let page = rest.get(..search.limit).unwrap_or(rest);
        let next = if page.len() < rest.len() { page.last().map(|(at, _)| at.clone()) } else { None };
        let clients = page.iter().map(|(_, client)| ClientSummary::from(*client)).collect();
        Found { clients, next, total }
    }
}
