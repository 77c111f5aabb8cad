use std::collections::BTreeSet;

use async_trait::async_trait;
use client_app::CheckState;
use client_app::ports::{
    ActivityPage, Changeset, ClientRef, ClientStore, Committed, Counted, Counting, DueDocuments, Found,
    FoundClient, HistoryEntry, HistoryPage, KycRenewal, KycRenewed, Loaded, RequestKey, Search,
    SelectedClients, Selection, StoreError, StoreReadiness, Tallied, Tallying,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind};
use jiff::Timestamp;

/// A layer over a store: it writes the methods that it changes, and the others go to [`inner`](StoreLayer::inner).
///
/// [`Layered`] makes a store of it. An author replaces the methods of a [`MapStore`](crate::map_store::MapStore) with it
/// one after the other; a test adds a fault or counts calls.
///
/// ```
/// use client_app::ports::{Changeset, ClientStore, Committed, StoreError};
/// use store_conformance::fixtures::{creation, onboarded};
/// use store_conformance::map_store::MapStore;
/// use store_conformance::{Layered, StoreLayer};
///
/// /// Refuses every commit, as a standby does.
/// struct Standby(MapStore);
///
/// #[store_conformance::async_trait]
/// impl StoreLayer for Standby {
///     fn inner(&self) -> &dyn ClientStore {
///         &self.0
///     }
///
///     async fn commit(&self, _changeset: Changeset) -> Result<Committed, StoreError> {
///         Err(StoreError::Unavailable(None))
///     }
/// }
///
/// # #[tokio::main]
/// # async fn main() {
/// let store = Layered(Standby(MapStore::new()));
/// assert!(store.commit(creation(&onboarded(1))).await.is_err());
/// assert!(store.reserve_id().await.is_ok());
/// # }
/// ```
#[async_trait]
#[expect(missing_docs, reason = "each is the method of this name of the port")]
pub trait StoreLayer: Send + Sync {
    /// The store that does what this layer does not do itself.
    fn inner(&self) -> &dyn ClientStore;

    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        self.inner().load(client, request).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        self.inner().commit(changeset).await
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.inner().reserve_id().await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        self.inner().claimed(claims, except).await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        self.inner().find_with_ending(client).await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        self.inner().find_all_with_endings(keys).await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        self.inner().search(search).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        self.inner().select_all(selection).await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        self.inner().count(counting).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner().history(key, page).await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.inner().activity(page).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        self.inner().tally(tallying).await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        self.inner().due_documents(due).await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        self.inner().contents_in_use(keys).await
    }

    async fn ready(&self) -> StoreReadiness {
        self.inner().ready().await
    }

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner().server_time().await
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        self.inner().renew_kyc_statuses(renewal).await
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        self.inner().schema().await
    }
}

/// The store that a [`StoreLayer`] makes of the one below it.
#[derive(Debug)]
pub struct Layered<L>(pub L);

#[async_trait]
impl<L: StoreLayer> ClientStore for Layered<L> {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        self.0.load(client, request).await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        self.0.commit(changeset).await
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.0.reserve_id().await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        self.0.claimed(claims, except).await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        self.0.find_with_ending(client).await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        self.0.find_all_with_endings(keys).await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        self.0.search(search).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        self.0.select_all(selection).await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        self.0.count(counting).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.0.history(key, page).await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.0.activity(page).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        self.0.tally(tallying).await
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

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.0.server_time().await
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        self.0.renew_kyc_statuses(renewal).await
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        self.0.schema().await
    }
}
