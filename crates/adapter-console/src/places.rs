//! How many requests of a kind are served at the same time: a few of one holder, and a few of all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client_wire::{Code, Failure, Item};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many places there are, and how long a request waits for one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlaceLimits {
    pub(crate) all: usize,
    /// Of these, how many one holder may have.
    pub(crate) of_holder: usize,
    /// How long a request waits for the places of its holder. Meanwhile it takes no place among all.
    pub(crate) holder_wait: Duration,
    /// How long a request then waits for a place among all.
    pub(crate) wait: Duration,
}

/// The places of one kind of request.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    limits: PlaceLimits,
    all: Arc<Semaphore>,
    holders: Holders,
}

/// The holders with a request that is served or waits, so there are never more of them than requests.
type Holders = Arc<Mutex<HashMap<String, Holder>>>;

#[derive(Debug)]
struct Holder {
    places: Arc<Semaphore>,
    requests: usize,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    // Given back before the request is uncounted.
    _of_holder: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    _request: Request,
}

/// A request of a holder that is counted.
#[derive(Debug)]
struct Request {
    holder: String,
    holders: Holders,
}

impl Places {
    pub(crate) fn new(limits: PlaceLimits) -> Self {
        Self { limits, all: Arc::new(Semaphore::new(limits.all)), holders: Holders::default() }
    }

    /// A place for a request of this holder. It waits for another request of the same holder before it waits among all, so
    /// that no holder stands in the way of others with more requests than it may have places.
    pub(crate) async fn take(&self, holder: &str) -> Result<Place, Failure> {
        let (request, places) = self.register(holder);
        let of_holder = within(self.limits.holder_wait, places).await?;
        let of_all = within(self.limits.wait, self.all.clone()).await?;
        Ok(Place { _of_holder: of_holder, _of_all: of_all, _request: request })
    }

    fn register(&self, holder: &str) -> (Request, Arc<Semaphore>) {
        let mut holders = locked(&self.holders);
        let one = holders.entry(holder.to_owned()).or_insert_with(|| Holder {
            places: Arc::new(Semaphore::new(self.limits.of_holder)),
            requests: 0,
        });
        one.requests += 1;
        (Request { holder: holder.to_owned(), holders: self.holders.clone() }, one.places.clone())
    }
}

async fn within(wait: Duration, places: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Failure> {
    match timeout(wait, places.acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        _ => Err(Failure::of(Item::new(Code::TooManyInProgress, Code::TooManyInProgress.meaning()))),
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut holders = locked(&self.holders);
        if let Some(holder) = holders.get_mut(&self.holder) {
            holder.requests -= 1;
            if holder.requests == 0 {
                holders.remove(&self.holder);
            }
        }
    }
}

/// The map stays whole if a thread panics while it holds the lock.
fn locked(holders: &Holders) -> MutexGuard<'_, HashMap<String, Holder>> {
    holders.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(all: usize, of_holder: usize, holder_wait: Duration) -> Places {
        Places::new(PlaceLimits { all, of_holder, holder_wait, wait: Duration::from_secs(9) })
    }

    #[tokio::test]
    async fn a_holder_has_its_places_and_the_others_have_theirs() {
        let places = places(4, 1, Duration::ZERO);
        let mine = places.take("maker").await.unwrap();
        assert_eq!(places.take("maker").await.unwrap_err().items[0].code, Code::TooManyInProgress);
        assert!(places.take("checker").await.is_ok());
        drop(mine);
        assert!(places.take("maker").await.is_ok());
        assert!(locked(&places.holders).is_empty(), "a holder without a request is not remembered");
    }

    #[tokio::test]
    async fn requests_of_one_holder_that_wait_are_in_no_ones_way() {
        let places = places(2, 1, Duration::from_secs(9));
        let held = places.take("many").await.unwrap();
        let waiting: Vec<_> = (0..9)
            .map(|_| {
                let places = places.clone();
                tokio::spawn(async move { places.take("many").await.map(drop) })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(places.take("one").await.unwrap());
        assert!(waiting.iter().all(|request| !request.is_finished()));
        drop(held);
        for request in waiting {
            request.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn a_request_waits_for_a_place_that_becomes_free() {
        let places = places(2, 1, Duration::ZERO);
        let (first, _second) = (places.take("a").await.unwrap(), places.take("b").await.unwrap());
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take("c").await.is_ok() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap());
    }
}
