//! How many files are in memory at the same time: one of a person, and a few of all people.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client_wire::{Code, Failure, Item};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many files are in memory at the same time.
const PLACES: usize = 4;
/// How long an upload waits for a place.
const PLACE_TIMEOUT: Duration = Duration::from_secs(5);

/// The places for uploads of one console.
#[derive(Clone, Debug)]
pub(crate) struct UploadPlaces {
    free: Arc<Semaphore>,
    people: People,
}

/// The ids of the people whose upload is in memory.
type People = Arc<Mutex<HashSet<String>>>;

/// A place of one person, until it is dropped.
#[derive(Debug)]
pub(crate) struct UploadPlace {
    _place: OwnedSemaphorePermit,
    _turn: Turn,
}

/// The one upload of a person.
#[derive(Debug)]
struct Turn {
    people: People,
    person: String,
}

impl Default for UploadPlaces {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(PLACES)), people: People::default() }
    }
}

impl UploadPlaces {
    /// A place for this person. A second upload of the same person is refused at once, so that no one can take the places
    /// of others; an upload of another person waits a little.
    pub(crate) async fn take(&self, person: &str) -> Result<UploadPlace, Failure> {
        if !locked(&self.people).insert(person.to_owned()) {
            return Err(busy());
        }
        let turn = Turn { people: self.people.clone(), person: person.to_owned() };
        match timeout(PLACE_TIMEOUT, self.free.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(UploadPlace { _place: place, _turn: turn }),
            _ => Err(busy()),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        locked(&self.people).remove(&self.person);
    }
}

/// The set stays whole if a thread panics while it holds the lock.
fn locked(people: &People) -> MutexGuard<'_, HashSet<String>> {
    people.lock().unwrap_or_else(PoisonError::into_inner)
}

fn busy() -> Failure {
    Failure::of(Item::new(Code::TooManyInProgress, Code::TooManyInProgress.meaning()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_person_has_one_place_and_the_others_have_theirs() {
        let places = UploadPlaces::default();
        let mine = places.take("maker").await.unwrap();
        assert_eq!(places.take("maker").await.unwrap_err().items[0].code, Code::TooManyInProgress);
        let other = places.take("checker").await;
        assert!(other.is_ok());
        drop(mine);
        assert!(places.take("maker").await.is_ok());
    }

    #[tokio::test]
    async fn an_upload_waits_for_a_place_that_becomes_free() {
        let places = UploadPlaces::default();
        let mut taken = Vec::new();
        for person in ["a", "b", "c", "d"] {
            taken.push(places.take(person).await.unwrap());
        }
        let waiting = tokio::spawn({
            let places = places.clone();
            async move { places.take("e").await.is_ok() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        taken.pop();
        assert!(waiting.await.unwrap());
    }
}
