use std::time::{Duration, Instant};

use client_domain::search::{Order, Predicate};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use jiff::civil::Date;

use crate::ports::ending::FoundClient;
use crate::ports::error::StoreError;

/// Every client that a search finds, whole, in pieces of at most [`Selection::PIECE`]. An error is the last item.
pub type SelectedClients = BoxStream<'static, Result<Vec<FoundClient>, StoreError>>;

/// A search for every client, without pages.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The predicate that the clients match.
    pub predicate: Predicate,
    /// The order of the clients.
    pub order: Order,
    /// Today, for conditions relative to it.
    pub today: Date,
    /// How long the clients may be read. A point in time that is read for longer keeps the storage from tidying up.
    pub time_limit: Duration,
}

impl Selection {
    /// The maximum number of clients in a piece.
    pub const PIECE: usize = 50;

    /// The answer of a storage that has these clients at hand, which are found already and in their order.
    pub fn of_found(&self, found: impl Iterator<Item = FoundClient> + Send + 'static) -> SelectedClients {
        let end = Instant::now() + self.time_limit;
        let pieces = stream::unfold(Some(found), move |found| async move {
            let mut found = found?;
            if Instant::now() >= end {
                return Some((Err(StoreError::TimedOut(None)), None));
            }
            let piece: Vec<_> = found.by_ref().take(Self::PIECE).collect();
            (!piece.is_empty()).then_some((Ok(piece), Some(found)))
        });
        pieces.boxed()
    }
}
