//! The watch over documents that run out, where the storage is not what it should be.

use std::collections::BTreeSet;
use std::sync::Arc;

use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{
    Changeset, ClientRef, ClientStore, ClientWrite, Committed, DueDocuments, Found, HistoryEntry,
    HistoryPage, Loaded, RequestKey, Search, StoreError, StoreReadiness,
};
use client_app::{Clients, ExpiryRound};
use client_domain::kyc::{ContentKey, Kyc, Notice};
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind, Client, ClientState};
use store_conformance::fixtures::documents::submitted;
use store_conformance::fixtures::{applicant, creation, replacement, way_to};

use crate::bank::NOW;

/// Loses what was told of documents, and keeps everything else.
struct Forgetful(MemoryStore);

#[async_trait]
impl ClientStore for Forgetful {
    async fn commit(&self, mut changeset: Changeset) -> Result<Committed, StoreError> {
        if let Some(ClientWrite::Update { client, .. }) = &mut changeset.client {
            let mut snapshot = client.snapshot().clone();
            snapshot.kyc.documents.iter_mut().for_each(|document| document.noticed = Notice::Nothing);
            *client = Client::restore(snapshot).unwrap();
        }
        self.0.commit(changeset).await
    }

    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        self.0.load(client, request).await
    }

    async fn find(&self, client: &ClientRef) -> Result<Option<Client>, StoreError> {
        self.0.find(client).await
    }

    async fn find_all(&self, keys: &[ClientKey]) -> Result<Vec<Client>, StoreError> {
        self.0.find_all(keys).await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        self.0.search(search).await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        self.0.claimed(claims, except).await
    }

    async fn history(&self, client: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.0.history(client, page).await
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.0.reserve_id().await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        self.0.due_documents(due).await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        self.0.contents_in_use(keys).await
    }

    async fn ready(&self) -> StoreReadiness {
        self.0.ready().await
    }
}

#[tokio::test]
async fn a_watch_whose_tellings_are_lost_ends_and_says_so() {
    let store = Arc::new(Forgetful(MemoryStore::new()));
    let created = &way_to(ClientState::PendingApproval, applicant(1))[0];
    assert_eq!(store.commit(creation(created)).await.unwrap(), Committed::Done);
    let today = NOW.parse::<jiff::Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
    let change = submitted(&created.client, 1, Some(today));
    assert_eq!(store.commit(replacement(&created.client, &change)).await.unwrap(), Committed::Done);

    let clock = Arc::new(FixedClock::new(NOW.parse().unwrap()));
    let clients = Clients::new(store, clock, Arc::new(CountingKeys::default()));
    let round = clients.watch_expiry().await.unwrap();
    let most = 2 * Kyc::MOST as u64 + 1;
    assert_eq!(round, ExpiryRound { expiring: most, failed: 1, ..ExpiryRound::default() });
}
