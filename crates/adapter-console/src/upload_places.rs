//! How many files are in memory at the same time.

use std::time::Duration;

use client_wire::Failure;

use crate::places::{Place, PlaceLimits, Places};

/// One file of each person, so that no person takes the places of others, and a few of all people. A second one of the same
/// person is refused at once; that of another person waits a little.
const LIMITS: PlaceLimits =
    PlaceLimits { all: 4, of_holder: 1, holder_wait: Duration::ZERO, wait: Duration::from_secs(5) };

/// The places for uploads of one console.
#[derive(Clone, Debug)]
pub(crate) struct UploadPlaces(Places);

impl Default for UploadPlaces {
    fn default() -> Self {
        Self(Places::new(LIMITS))
    }
}

impl UploadPlaces {
    /// A place for a file of this person.
    pub(crate) async fn take(&self, person: &str) -> Result<Place, Failure> {
        self.0.take(person).await
    }
}
