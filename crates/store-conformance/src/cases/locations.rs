//! Locations of contents outside of the database: each belongs to one installation, and has its id.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use client_app::ports::InstallationId;

use crate::harness::{LocationHarness, Racer};

/// A new location belongs to no installation.
pub async fn new_location_belongs_to_no_installation(harness: &dyn LocationHarness) {
    let place = harness.fresh_location().await;
    assert_eq!(place.installation().await.unwrap(), None);
}

/// A claimed location belongs to the installation that claimed it first, also after it was opened again.
pub async fn claimed_location_keeps_its_installation(harness: &dyn LocationHarness) {
    let place = harness.fresh_location().await;
    let (own, other) = (InstallationId::from_bits(1), InstallationId::from_bits(2));
    assert_eq!(place.claim(&own).await.unwrap(), own);
    assert_eq!(place.claim(&other).await.unwrap(), own, "the second claim is answered with the owner");
    assert_eq!(place.installation().await.unwrap(), Some(own));
    place.ready().await.unwrap();
}

/// The marker of a location is no content.
pub async fn marker_is_no_content(harness: &dyn LocationHarness) {
    let place = harness.fresh_location().await;
    place.claim(&InstallationId::from_bits(1)).await.unwrap();
    assert_eq!(place.keys(None, 10).await.unwrap(), []);
}

/// What the database has confirmed is kept as it was given last, and is no content.
pub async fn confirmed_text_is_the_last_that_was_kept(harness: &dyn LocationHarness) {
    let place = harness.fresh_location().await;
    let installation = InstallationId::from_bits(1);
    place.claim(&installation).await.unwrap();
    assert_eq!(place.confirmed().await.unwrap(), None);
    for text in ["a first text, which is the longer one", "a second"] {
        place.set_confirmed(text).await.unwrap();
        assert_eq!(place.confirmed().await.unwrap().as_deref(), Some(text));
    }
    assert_eq!(place.keys(None, 10).await.unwrap(), []);
    assert_eq!(place.installation().await.unwrap(), Some(installation));
    place.writable().await.unwrap();
}

/// Of many installations that claim a location concurrently, one gets it, and all are answered with its
/// id.
pub async fn concurrent_claims_of_a_location_have_one_winner(harness: &dyn LocationHarness) {
    let place = harness.fresh_location().await;
    let owners = Arc::new(Mutex::new(Vec::new()));
    let racers = (1..=8_u128).map(|n| {
        let (place, owners) = (Arc::clone(&place), Arc::clone(&owners));
        let racer: Racer = Box::pin(async move {
            let owner = place.claim(&InstallationId::from_bits(n)).await.unwrap();
            owners.lock().unwrap().push(owner);
        });
        racer
    });
    harness.run_concurrently(racers.collect()).await;
    let mut owners = std::mem::take(&mut *owners.lock().unwrap());
    assert_eq!(owners.len(), 8);
    owners.extend(place.installation().await.unwrap());
    assert_eq!(owners.into_iter().collect::<BTreeSet<_>>().len(), 1);
}
