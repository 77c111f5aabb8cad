//! The port [`ClientStore`]. It hands work to the threads, and leaves commits, loads and searches to their modules.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use client_app::CheckState;
use client_app::ports::{
    ActivityPage, Changeset, ClientRef, ClientStore, Committed, Counted, Counting, DueDocuments, Found,
    FoundClient, HistoryEntry, HistoryPage, KycRenewal, KycRenewed, Loaded, RequestKey, Search,
    SelectedClients, Selection, StoreError, StoreReadiness, Tallied, Tallying,
};
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{Claim, ClaimKind};
use jiff::{Timestamp, ToSpan as _};
use rusqlite::Connection;

use crate::error::{Failure, corrupt};
use crate::id_allocator::IdAllocator;
use crate::migration::Schema;
use crate::parameters::{Parameters, to_i64};
use crate::readers::Readers;
use crate::relay_round::RelayRound;
use crate::rows::history;
use crate::selections::Selections;
use crate::sql::{CONTENTS_IN_USE, DELETE_OUTCOMES, DUE_DOCUMENTS, HISTORY, READY};
use crate::writer::Writer;
use crate::{activity, commit, load, search, tally};

/// Clients, their history and their events in one SQLite file.
///
/// It is a handle: clones share the threads. See the [crate] for how it commits.
#[derive(Clone)]
pub struct SqliteStore(Arc<Threads>);

struct Threads {
    writer: Writer,
    readers: Readers,
    searchers: Readers,
    selections: Selections,
    ids: IdAllocator,
    /// After which client the next relay begins.
    relayed: RelayRound,
}

impl SqliteStore {
    /// A store on these threads.
    pub(crate) fn on(writer: Writer, readers: Readers, searchers: Readers, selections: Selections) -> Self {
        let (ids, relayed) = (IdAllocator::default(), RelayRound::default());
        Self(Arc::new(Threads { writer, readers, searchers, selections, ids, relayed }))
    }

    /// Waits for the submitted reads and writes, and closes the file: no connection is open afterwards. Every later call
    /// fails as unavailable.
    pub async fn close(&self) {
        self.0.selections.close().await;
        // The writer is the last, because it holds the lock.
        self.0.readers.close().await;
        self.0.searchers.close().await;
        self.0.writer.close().await;
    }

    /// Deletes up to `limit` outcomes of idempotency keys from before `before`, and returns how many there were. Called
    /// until it returns less than `limit`, it deletes all of them in small steps.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], or [`StoreError::TimedOut`] where the outcome is unknown.
    pub async fn delete_outcomes_before(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let old = move || Parameters::new().with(":before", before).with(":limit", to_i64(limit));
        self.write(move |connection| Ok(old().execute(connection, DELETE_OUTCOMES)? as u64)).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.0.readers.read(work).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.0.writer.write(work).await
    }

    pub(crate) fn relayed(&self) -> &RelayRound {
        &self.0.relayed
    }
}

#[async_trait]
impl ClientStore for SqliteStore {
    async fn load(&self, client: &ClientRef, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
        let (client, request) = (client.clone(), request.cloned());
        self.read(move |connection| {
            let outcome = request.map(|request| load::outcome(connection, &request)).transpose()?.flatten();
            Ok(Loaded { client: load::client(connection, &client)?, outcome })
        })
        .await
    }

    async fn commit(&self, changeset: Changeset) -> Result<Committed, StoreError> {
        if holds_null_character(&changeset) {
            return Err(corrupt("a text with U+0000"));
        }
        self.write(move |connection| commit::commit(connection, &changeset)).await
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        self.0.ids.next(&self.0.writer).await
    }

    async fn claimed(
        &self,
        claims: &[Claim],
        except: Option<&ClientKey>,
    ) -> Result<BTreeSet<ClaimKind>, StoreError> {
        let (claims, except) = (claims.to_vec(), except.cloned());
        self.read(move |connection| {
            let mut taken = BTreeSet::new();
            for claim in &claims {
                if commit::has_rival(connection, claim, except.as_ref())? {
                    taken.insert(claim.kind());
                }
            }
            Ok(taken)
        })
        .await
    }

    async fn find_with_ending(&self, client: &ClientRef) -> Result<Option<FoundClient>, StoreError> {
        let client = client.clone();
        self.read(move |connection| load::found(connection, &client)).await
    }

    async fn find_all_with_endings(&self, keys: &[ClientKey]) -> Result<Vec<FoundClient>, StoreError> {
        let keys = keys.to_vec();
        self.read(move |connection| {
            let mut clients = Vec::with_capacity(keys.len());
            for key in keys {
                clients.extend(load::found(connection, &ClientRef::Key(key))?);
            }
            Ok(clients)
        })
        .await
    }

    async fn search(&self, search: &Search) -> Result<Found, StoreError> {
        let search = search.clone();
        self.0.searchers.read(move |connection| search::search(connection, &search)).await
    }

    async fn select_all(&self, selection: &Selection) -> Result<SelectedClients, StoreError> {
        self.0.selections.select_all(selection).await
    }

    async fn count(&self, counting: &Counting) -> Result<Counted, StoreError> {
        let counting = counting.clone();
        self.0.searchers.read(move |connection| search::count(connection, &counting)).await
    }

    async fn history(&self, key: &ClientKey, page: HistoryPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let key = key.clone();
        let bound = |version: Option<Version>| version.map(|version| version.get().cast_signed());
        self.read(move |connection| {
            let HistoryPage { before, after, events, limit, with_values } = page;
            let parameters = Parameters::new()
                .with(":client_key", key.as_str())
                .with(":before", bound(before))
                .with(":after", bound(after))
                .with(":events", tally::names(events))
                .with(":limit", to_i64(limit))
                .with(":with_values", with_values);
            parameters.rows(connection, ("client_history", HISTORY), |columns| history::read(columns, &key))
        })
        .await
    }

    async fn activity(&self, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
        let page = page.clone();
        self.0.searchers.read(move |connection| activity::page(connection, &page)).await
    }

    async fn tally(&self, tallying: &Tallying) -> Result<Tallied, StoreError> {
        let tallying = tallying.clone();
        self.0.searchers.read(move |connection| tally::tally(connection, &tallying)).await
    }

    async fn due_documents(&self, due: &DueDocuments) -> Result<Vec<ClientKey>, StoreError> {
        let DueDocuments { today, notice_days, after, limit } = due.clone();
        let horizon = today.saturating_add(i32::from(notice_days).days());
        self.read(move |connection| {
            let parameters = Parameters::new()
                .with(":today", today)
                .with(":horizon", horizon)
                .with(":settled", horizon.saturating_add(1.day()))
                .with(":after", after.as_ref().map_or("", ClientKey::as_str))
                .with(":limit", to_i64(limit));
            parameters.rows(connection, ("client_document", DUE_DOCUMENTS), |columns| {
                columns.parsed("client_key", ClientKey::parse)
            })
        })
        .await
    }

    async fn contents_in_use(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        let keys = keys.to_vec();
        self.read(move |connection| {
            let mut used = BTreeSet::new();
            for key in keys {
                let of_key = Parameters::new().with(":content_key", key.as_str());
                let named = |_: &crate::columns::Columns<'_>| Ok::<_, StoreError>(());
                if of_key.first(connection, ("client_document", CONTENTS_IN_USE), named)?.is_some() {
                    used.insert(key);
                }
            }
            Ok(used)
        })
        .await
    }

    async fn renew_kyc_statuses(&self, renewal: &KycRenewal) -> Result<KycRenewed, StoreError> {
        let renewal = renewal.clone();
        self.write(move |connection| search::renew_kyc_statuses(connection, &renewal)).await
    }

    async fn schema(&self) -> Result<CheckState, StoreError> {
        self.read(|connection| Ok(Schema::read(connection)?.state())).await
    }

    async fn ready(&self) -> StoreReadiness {
        let answers = |columns: &crate::columns::Columns<'_>| columns.get::<bool>("answers");
        let read =
            move |connection: &Connection| Parameters::new().first(connection, ("client", READY), answers);
        let (reads, commands) = tokio::join!(self.read(read), self.write(|_| Ok(())));
        StoreReadiness { reads: reads.map(drop), commands }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("writer", &self.0.writer).finish_non_exhaustive()
    }
}

/// SQLite would keep U+0000 and then compare texts up to it. No parsed value holds one; these are not parsed.
fn holds_null_character(changeset: &Changeset) -> bool {
    let lines = changeset.history.iter().map(|line| line.command.as_str());
    let events = changeset.events.iter().map(|event| event.id.as_str());
    let outcome =
        changeset.outcome.iter().flat_map(|outcome| [&*outcome.request.command, &*outcome.reply.message]);
    lines.chain(events).chain(outcome).any(|text| text.contains('\0'))
}
