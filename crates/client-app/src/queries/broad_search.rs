//! Searches that no index serves, in a bank with many clients.

use client_domain::search::{Direction, Order, Predicate, Property};
use jiff::civil::Date;

use crate::clients::Clients;
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
    /// numbers were left out, the clients are counted. There never are fewer, so many are counted once.
    async fn has_more_than(&self, limit: u64, today: Date) -> Result<bool, StoreError> {
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
        if greatest.is_none_or(|greatest| u64::try_from(greatest).is_ok_and(|greatest| greatest <= limit)) {
            return Ok(false);
        }
        if self.counts.has_many() {
            return Ok(true);
        }
        let totals = Totals::UpTo(usize::try_from(limit).unwrap_or(usize::MAX));
        let found = self.store.search(&Search { totals, ..all }).await?;
        let has_more = found.total.is_some_and(|total| !total.is_complete);
        self.counts.keep_has_many(has_more);
        Ok(has_more)
    }
}
