//! The expiry watch over a storage that fails.

use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{Changeset, ClientStore, ClientWrite, Committed, StoreError};
use client_app::{Clients, ExpiryRound};
use client_domain::kyc::{Kyc, Notice};
use client_domain::{Client, ClientState};
use store_conformance::fixtures::documents::submitted;
use store_conformance::fixtures::{applicant, creation, path_to, replacement};
use store_conformance::{Layered, StoreLayer};

use crate::bank::NOW;

/// Loses the commits of the expiry watch, and keeps everything else.
struct Forgetful(MemoryStore);

#[async_trait]
impl StoreLayer for Forgetful {
    fn inner(&self) -> &dyn ClientStore {
        &self.0
    }

    async fn commit(&self, mut changeset: Changeset) -> Result<Committed, StoreError> {
        if let Some(ClientWrite::Update { client, .. }) = &mut changeset.client {
            let mut snapshot = client.snapshot().clone();
            snapshot.kyc.documents.iter_mut().for_each(|document| document.noticed = Notice::Nothing);
            *client = Client::restore(snapshot).unwrap();
        }
        self.0.commit(changeset).await
    }
}

#[tokio::test]
async fn expiry_watch_with_lost_commits_ends_with_an_error() {
    let store = Arc::new(Layered(Forgetful(MemoryStore::new())));
    let created = &path_to(ClientState::PendingApproval, applicant(1))[0];
    assert_eq!(store.commit(creation(created)).await.unwrap(), Committed::Done);
    let today = NOW.parse::<jiff::Timestamp>().unwrap().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let change = submitted(&created.client, 1, Some(today));
    assert_eq!(store.commit(replacement(&created.client, &change)).await.unwrap(), Committed::Done);

    let clock = Arc::new(FixedClock::new(NOW.parse().unwrap()));
    let clients = Clients::new(store, clock, Arc::new(CountingKeys::default()));
    let round = clients.watch_expiry().await.unwrap();
    let most = 2 * Kyc::MAX_ITEMS as u64 + 1;
    assert_eq!(round, ExpiryRound { expiring: most, failed: 1, ..ExpiryRound::default() });
}
