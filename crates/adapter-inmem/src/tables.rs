use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::Bound;
use std::sync::Arc;

use client_app::batch::{Batch, BatchId, StoredPiece};
use client_app::export::{ExportId, ExportRecord};
use client_app::ports::{
    ActivityPage, ActivityPosition, ClientRef, DeliveredKey, DueDocuments, Ending, FoundClient, HistoryEntry,
    HistoryPage, HistoryValues, InstallationId, OutcomeRecord, ReceiverName, RequestKey, SavedView, Session,
    SessionId, StoreError, Tallied, Tallying, ViewId, WorkClaim, WorkItemId,
};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::search::search_text;
use client_domain::value::{ClientId, ClientKey, Version};
use client_domain::{Claim, ClaimKind, Client};
use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use crate::queue::{Queue, Registered};

/// The data of the store.
///
/// The maps are persistent: a clone copies a few pointers and shares the rest. So a read uses a clone as its snapshot, and
/// a commit changes a clone and then replaces the tables with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) clients: RedBlackTreeMapSync<ClientKey, Arc<ClientRow>>,
    pub(crate) keys: RedBlackTreeMapSync<ClientId, ClientKey>,
    /// The client of each document.
    pub(crate) documents: RedBlackTreeMapSync<DocumentId, ClientKey>,
    /// The client of each address.
    pub(crate) addresses: RedBlackTreeMapSync<AddressId, ClientKey>,
    /// The contents that documents name.
    pub(crate) contents: RedBlackTreeSetSync<ContentKey>,
    /// The contents that may be orphans.
    pub(crate) candidates: RedBlackTreeMapSync<ContentKey, Candidate>,
    pub(crate) installation: Option<InstallationId>,
    /// The clients that hold a claim, exclusively or not.
    pub(crate) holders: RedBlackTreeMapSync<Claim, RedBlackTreeSetSync<ClientKey>>,
    pub(crate) outcomes: RedBlackTreeMapSync<RequestKey, Arc<OutcomeRecord>>,
    pub(crate) history: RedBlackTreeMapSync<(ClientKey, Version), Arc<HistoryEntry>>,
    /// The events that wait for the default receiver: all that were not delivered to it.
    pub(crate) events: Queue,
    /// The other receivers.
    pub(crate) receivers: RedBlackTreeMapSync<ReceiverName, Registered>,
    /// The events that the default receiver got and that are not deleted yet, with their numbers.
    pub(crate) delivered: RedBlackTreeMapSync<DeliveredKey, u64>,
    pub(crate) sessions: RedBlackTreeMapSync<SessionId, Arc<Session>>,
    /// Who is at an item of the work queue.
    pub(crate) work_claims: RedBlackTreeMapSync<WorkItemId, WorkClaim>,
    pub(crate) views: RedBlackTreeMapSync<ViewId, Arc<SavedView>>,
    pub(crate) batches: RedBlackTreeMapSync<BatchId, Arc<Batch>>,
    /// Deleted batches whose rows were executed.
    pub(crate) deleted_batches: RedBlackTreeSetSync<BatchId>,
    /// The pieces of each batch by their numbers.
    pub(crate) batch_pieces: RedBlackTreeMapSync<(BatchId, u32), Arc<PieceRow>>,
    pub(crate) exports: RedBlackTreeMapSync<ExportId, Arc<ExportRecord>>,
    pub(crate) events_written: u64,
    pub(crate) last_id: i64,
}

/// A content that may be an orphan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) since: Timestamp,
    /// When it was moved to the trash.
    pub(crate) trashed: Option<Timestamp>,
}

/// A piece with its lease.
#[derive(Clone, Debug)]
pub(crate) struct PieceRow {
    pub(crate) stored: StoredPiece,
    pub(crate) leased_until: Option<Timestamp>,
    pub(crate) lease: u64,
    pub(crate) begun_at: Option<Timestamp>,
}

/// A client, and its text for searches, which is folded once and not in every search.
#[derive(Debug)]
pub(crate) struct ClientRow {
    pub(crate) client: Client,
    pub(crate) search_text: String,
}

impl From<Client> for ClientRow {
    fn from(client: Client) -> Self {
        Self { search_text: search_text(&client), client }
    }
}

impl Tables {
    pub(crate) fn client(&self, client: &ClientRef) -> Option<&Client> {
        let key = match client {
            ClientRef::Key(key) => key,
            ClientRef::Id(id) => self.keys.get(id)?,
            ClientRef::Document(id) => self.documents.get(id)?,
            ClientRef::Address(id) => self.addresses.get(id)?,
        };
        self.clients.get(key).map(|row| &row.client)
    }

    /// The client with its ending.
    pub(crate) fn with_ending(&self, client: &Client) -> FoundClient {
        FoundClient { client: client.clone(), ending: self.ending(client) }
    }

    fn ending(&self, client: &Client) -> Ending {
        let state = client.state();
        if !Ending::is_read(state) {
            return Ending::default();
        }
        let last = self.history.get(&(client.key().clone(), client.version())).map(|line| &line.event);
        let ending = last.map(|event| Ending::of(state, event.kind, event.from)).unwrap_or_default();
        if !Ending::may_return(state) {
            return ending;
        }
        let holders = self.holders.get(&Claim::former_client(client.key()));
        ending.with_return(holders.and_then(|holders| holders.first()).cloned())
    }

    /// The kinds of these claims that a client other than `except` holds.
    pub(crate) fn claimed<'a>(
        &self,
        claims: impl IntoIterator<Item = &'a Claim>,
        except: Option<&ClientKey>,
    ) -> BTreeSet<ClaimKind> {
        let is_taken = |claim: &&Claim| {
            self.holders.get(*claim).is_some_and(|holders| holders.iter().any(|key| Some(key) != except))
        };
        claims.into_iter().filter(is_taken).map(Claim::kind).collect()
    }

    pub(crate) fn history(&self, key: &ClientKey, page: HistoryPage) -> Vec<HistoryEntry> {
        // A range of the map cannot replace this filter, because `before` and `after` may cross.
        self.history
            .range((key.clone(), Version::FIRST)..)
            .take_while(|((line_of, _), _)| line_of == key)
            .map(|(_, entry)| entry)
            .filter(|entry| page.holds(entry))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .take(page.limit)
            .map(|entry| page.shown(HistoryEntry::clone(entry)))
            .collect()
    }

    /// A page of the lines of all clients. The oldest line of the page so far leads a heap, so that no more lines are held than
    /// the page has.
    pub(crate) fn activity(&self, page: &ActivityPage) -> Vec<HistoryEntry> {
        let branch = |line: &HistoryEntry| {
            self.clients.get(&line.event.key).and_then(|row| row.client.snapshot().branch.as_ref())
        };
        let mut newest = BinaryHeap::new();
        for (_, line) in &self.history {
            let position = ActivityPosition::of(line);
            let is_before = page.before.as_ref().is_none_or(|before| position < *before);
            if is_before && page.filter.holds(line, branch(line)) {
                newest.push(Reverse(position));
                if newest.len() > page.limit {
                    newest.pop();
                }
            }
        }
        let lines = newest.into_sorted_vec().into_iter();
        let lines = lines.filter_map(|Reverse(ActivityPosition { client, version, .. })| {
            self.history.get(&(client, version)).map(|line| HistoryEntry::clone(line))
        });
        lines.map(|line| HistoryEntry { values: HistoryValues::default(), ..line }).collect()
    }

    /// The lines of all clients in groups.
    pub(crate) fn tally(&self, tallying: &Tallying) -> Tallied {
        let lines = self.history.iter().map(|(_, line)| {
            let row = self.clients.get(&line.event.key);
            (&**line, row.and_then(|row| row.client.snapshot().branch.as_ref()))
        });
        tallying.of(lines)
    }

    /// The clients with a document whose expiry has to be recorded or withdrawn.
    pub(crate) fn due_documents(&self, due: &DueDocuments) -> Vec<ClientKey> {
        let after = due.after.clone().map_or(Bound::Unbounded, Bound::Excluded);
        let is_due = |client: &Client| {
            !client.state().has_ended() && client.kyc().due(due.today, due.notice_days).is_some()
        };
        self.clients
            .range((after, Bound::Unbounded))
            .filter(|(_, row)| is_due(&row.client))
            .map(|(key, _)| key.clone())
            .take(due.limit)
            .collect()
    }

    /// Which of these contents a document names.
    pub(crate) fn contents_in_use(&self, keys: &[ContentKey]) -> BTreeSet<ContentKey> {
        keys.iter().filter(|key| self.contents.contains(*key)).cloned().collect()
    }

    /// A number above every number that was reserved or belongs to a client.
    pub(crate) fn reserve_id(&mut self) -> Result<ClientId, StoreError> {
        let id = ClientId::new(self.last_id + 1)
            .map_err(|_| StoreError::Corrupt { what: "the running number, which is exhausted".to_owned() })?;
        self.last_id = id.get();
        Ok(id)
    }
}
