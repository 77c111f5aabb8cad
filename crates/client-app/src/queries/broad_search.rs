//! Searches that no index serves, in a bank with many clients.

use client_domain::search::{Direction, Order, Predicate, Property};
use jiff::civil::Date;

use crate::clients::Clients;
use crate::count_cache::Many;
use crate::error::Error;
use crate::ports::error::StoreError;
use crate::ports::store::{Page, Search};
use crate::ports::totals::Totals;

impl Clients {
    /// Refuses a search that no index serves where the bank has more clients than such a search may read.
    pub(crate) async fn refuse_broad(&self, predicate: &Predicate, today: Date) -> Result<(), Error> {
        let limit = self.policy.broad_search_limit;
        if limit == u64::MAX || predicate.is_indexed(today) {
            return Ok(());
        }
        match self.has_more_than(limit, today).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Error::SearchTooBroad { limit }),
            Err(error) => Err(Error::of_query(error)),
        }
    }

    /// Whether there are more clients than this. Their numbers begin with 1, so as a rule the greatest one says it; only where
    /// numbers were left out, the clients are counted. There never are fewer, so many are counted once, and few again only when
    /// enough numbers were given since.
    async fn has_more_than(&self, limit: u64, today: Date) -> Result<bool, StoreError> {
        if self.counts.has_many(None) == Some(true) {
            return Ok(true);
        }
        let newest = Order::by(vec![(Property::Id, Direction::Descending)]).unwrap_or_default();
        let all = Search {
            predicate: Predicate::every_client(),
            order: newest,
            page: Page::Skip(0),
            limit: 1,
            totals: Totals::None,
            today,
        };
        let greatest = self.store.search(&all).await?.clients.first().map(|client| client.id.get());
        let greatest = greatest.and_then(|greatest| u64::try_from(greatest).ok());
        if greatest.is_some_and(|greatest| greatest <= limit) {
            return Ok(false);
        }
        if let Some(has_many) = self.counts.has_many(greatest) {
            return Ok(has_many);
        }
        let totals = Totals::UpTo(usize::try_from(limit).unwrap_or(usize::MAX));
        let found = self.store.search(&Search { totals, ..all }).await?;
        let Some(total) = found.total else { return Ok(false) };
        let missing = limit.saturating_sub(total.number);
        let few_until = greatest.map_or(0, |greatest| greatest.saturating_add(missing));
        self.counts.keep_has_many(if total.is_complete { Many::FewUpTo(few_until) } else { Many::Yes });
        Ok(!total.is_complete)
    }
}
