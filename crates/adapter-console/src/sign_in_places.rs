//! How many sign-ins are served at the same time: each costs a write to the storage, or a request to the provider.

use std::sync::Arc;
use std::time::Duration;

use client_wire::{Code, Failure, Item};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How many are served at the same time. The callers are not signed in yet, so they cannot be limited one by one.
const PLACES: usize = 16;
/// How long a sign-in waits for a place.
const PLACE_TIMEOUT: Duration = Duration::from_secs(2);

/// The places for sign-ins of one console, so that a flood of them neither delays commits nor makes the provider throttle the
/// service.
#[derive(Clone, Debug)]
pub(crate) struct SignInPlaces(Arc<Semaphore>);

impl Default for SignInPlaces {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl SignInPlaces {
    /// A place until it is dropped.
    pub(crate) async fn take(&self) -> Result<OwnedSemaphorePermit, Failure> {
        match timeout(PLACE_TIMEOUT, self.0.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Failure::of(Item::new(Code::TooManyInProgress, Code::TooManyInProgress.meaning()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sign_in_without_a_place_is_refused_after_a_while() {
        let places = SignInPlaces::default();
        let mut taken = Vec::new();
        for _ in 0..PLACES {
            taken.push(places.take().await.unwrap());
        }
        assert_eq!(places.take().await.unwrap_err().items[0].code, Code::TooManyInProgress);
        taken.pop();
        assert!(places.take().await.is_ok());
    }
}
