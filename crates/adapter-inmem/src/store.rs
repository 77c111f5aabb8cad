use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use client_app::ports::{
    ActivityPage, Changeset, ClientRef, ClientStore, Committed, Counted, Counting, DueDocuments, Found,
    FoundClient, HistoryEntry, HistoryPage, Loaded, OutcomeRecord, RequestKey, Search, SelectedClients,
    Selection, StoreError, StoreReadiness, Tallied, Tallying,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey};
use client_domain::{Claim, ClaimKind};
use jiff::Timestamp;

use crate::faults::{Fault, Faults, Operation, with_fault};
use crate::lock::lock;
use crate::tables::Tables;

/// Clients, their history and their events in memory, as every storage adapter stores them.
///
/// A read uses a snapshot, which later commits do not change, so a long search does not block a commit. Commits run one
/// after the other. Outcomes of idempotency keys stay until the store is dropped.
///
/// ```
/// use adapter_inmem::{Fault, MemoryStore};
/// use client_app::ports::{Changeset, ClientRef, ClientStore, ClientWrite, Committed, StoreError};
/// use client_domain::{Actor, Client, AuditStamp, example};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let maker = AuditStamp::new(Actor::parse("maker-1")?, "2026-01-05T09:00:00Z".parse()?);
/// let ada = Client::onboard(example::application()?, &maker).client;
/// let changeset = Changeset { client: Some(ClientWrite::Insert(ada.clone())), ..Changeset::default() };
///
/// let store = MemoryStore::new();
/// store.faults().next_commit(Fault::TimedOutAfter);
/// assert!(matches!(store.commit(changeset).await, Err(StoreError::TimedOut(_))));
/// let found = store.find(&ClientRef::Key(ada.key().clone())).await?;
/// assert_eq!(found, Some(ada), "the commit succeeded although its answer was an error");
///
/// assert_eq!(store.reserve_id().await?.get(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    /// The lock is held only to copy a few pointers or to make a small change, and never across an `await`.
    tables: Arc<Mutex<Tables>>,
    faults: Faults,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The script of the faults of this store; it is empty at first.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// A handle of the same clients for background jobs. The standing faults happen to it, and the queued ones do not: a job
    /// that runs by the clock would use up the fault that a test has queued for its own next request.
    ///
    /// ```
    /// use adapter_inmem::{Fault, MemoryStore};
    /// use client_app::ports::ClientStore;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let store = MemoryStore::new();
    /// let jobs = store.for_jobs();
    ///
    /// store.faults().next_read(Fault::Unavailable);
    /// assert!(jobs.server_time().await.is_ok());
    /// assert!(store.server_time().await.is_err());
    ///
    /// store.faults().reads(Fault::Unavailable);
    /// assert!(jobs.server_time().await.is_err());
    /// # }
    /// ```
    #[must_use]
    pub fn for_jobs(&self) -> Self {
        Self { tables: self.tables.clone(), faults: self.faults.standing_only() }
    }

    /// Forgets everything: clients, history, outcomes of idempotency keys, events, and the faults. The next id is 1 again.
    pub fn clear(&self) {
        *lock(&self.tables) = Tables::default();
        self.faults.clear();
    }

    pub(crate) fn snapshot(&self) -> Tables {
        lock(&self.tables).clone()
    }

    /// Changes the tables atomically.
    pub(crate) fn change<T>(&self, write: impl FnOnce(&mut Tables) -> T) -> T {
        let mut tables = lock(&self.tables);
        let mut next = tables.clone();
        let answer = write(&mut next);
        *tables = next;
        answer
    }

    fn commit_now(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        let mut tables = lock(&self.tables);
        let mut next = tables.clone();
        let answer = next.commit(changeset)?;
        if answer == Committed::Done {
            *tables = next;
        }
        Ok(answer)
    }

    /// Runs `work`, with the fault of the script if there is one.
    pub(crate) async fn answer<T>(
        &self,
        operation: Operation,
        work: impl FnOnce() -> Result<T, StoreError> + Send,
    ) -> Result<T, StoreError> {
        with_fault(self.faults.next(operation), work).await
    }

    /// Reads a snapshot, with the fault of the script if there is one.
    async fn read<T>(&self, read: impl FnOnce(Tables) -> T + Send) -> Result<T, StoreError> {
        self.answer(Operation::Read, || Ok(read(self.snapshot()))).await
    }
}

#[async_trait]
impl ClientStore for MemoryStore {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        self.read(|tables| Loaded {
            client: tables.client(client).cloned(),
            outcome: request
                .and_then(|request| tables.outcomes.get(request))
                .map(|outcome| OutcomeRecord::clone(outcome)),
        })
        .await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        match self.faults.next(Operation::Commit) {
            Some(Fault::Stale) => Ok(Committed::Stale),
            Some(Fault::Slow(wait)) => {
                // In a task of its own: a commit in progress runs to its end, even if its caller is dropped.
                let store = self.clone();
                let task = tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    store.commit_now(changeset)
                });
                task.await.unwrap_or_else(|stopped| Err(StoreError::TimedOut(Some(stopped.into()))))
            }
            fault => with_fault(fault, || self.commit_now(changeset)).await,
        }
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.answer(Operation::ReserveId, || self.change(Tables::reserve_id)).await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        self.read(|tables| tables.claimed(claims, except)).await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        self.read(|tables| tables.client(client).map(|client| tables.with_ending(client))).await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        self.read(|tables| {
            let rows = keys.iter().filter_map(|key| tables.clients.get(key));
            rows.map(|row| tables.with_ending(&row.client)).collect()
        })
        .await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let (tables, search) = (self.read(|tables| tables.clone()).await?, search.clone());
        // A search reads every client, so it runs on a thread of its own and does not block other requests.
        let found = tokio::task::spawn_blocking(move || tables.search(&search)).await;
        found.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        let (tables, selection) = (self.read(|tables| tables).await?, selection.clone());
        // It reads every client, so it runs on a thread of its own as a search does.
        let found = tokio::task::spawn_blocking(move || tables.select_all(&selection)).await;
        found.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        let (tables, counting) = (self.read(|tables| tables.clone()).await?, counting.clone());
        // It reads every client, so it runs on a thread of its own as a search does.
        let counted =
            tokio::task::spawn_blocking(move || counting.of(tables.clients.values().map(|row| &row.client)));
        counted.await.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(|tables| tables.history(key, page)).await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let (tables, page) = (self.read(|tables| tables.clone()).await?, page.clone());
        // It reads every line of every history, so it runs on a thread of its own as a search does.
        let found = tokio::task::spawn_blocking(move || tables.activity(&page)).await;
        found.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        let (tables, tallying) = (self.read(|tables| tables.clone()).await?, tallying.clone());
        // It reads every line of every history, so it runs on a thread of its own as a search does.
        let tallied = tokio::task::spawn_blocking(move || tables.tally(&tallying));
        tallied.await.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        self.read(|tables| tables.due_documents(due)).await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        self.read(|tables| tables.contents_in_use(keys)).await
    }

    async fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.answer(Operation::Read, || Ok(self.faults.clock())).await
    }

    async fn ready(&self) -> StoreReadiness {
        StoreReadiness::of(self.answer(Operation::Ready, || Ok(())).await)
    }
}
