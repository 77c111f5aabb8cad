use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use client_app::batch::{Batch, BatchId, StoredPiece};
use client_app::export::{ExportId, ExportRecord};
use client_app::ports::{
    ClientRef, DeadLetter, DeliveryFailure, DueDocuments, Ending, EventFilter, EventId, FoundClient,
    HistoryEntry, InstallationId, Lease, OutboxEvent, OutcomeRecord, ReceiverName, RequestKey, SavedView,
    Session, SessionId, ViewId, WorkClaim, WorkItemId,
};
use client_domain::kyc::ContentKey;
use client_domain::value::ClientKey;
use client_domain::{Claim, Client};
use jiff::Timestamp;

/// Everything that a store holds, at one point in time.
#[derive(Clone, Default)]
pub struct Maps {
    pub(super) clients: BTreeMap<ClientKey, Client>,
    /// The clients that have each claim.
    pub(super) claims: BTreeSet<(Claim, ClientKey)>,
    pub(super) outcomes: BTreeMap<RequestKey, OutcomeRecord>,
    /// In the order of the commits.
    pub(super) history: Vec<HistoryEntry>,
    /// The contents that may be orphans.
    pub(super) candidates: BTreeMap<ContentKey, Candidate>,
    pub(super) installation: Option<InstallationId>,
    /// The events that the default receiver has not got, in the order of the commits.
    pub(super) pending: Vec<Pending>,
    /// The other receivers, each with its events.
    pub(super) receivers: BTreeMap<ReceiverName, Receiver>,
    /// The events that the default receiver got, and when, until they are deleted.
    pub(super) delivered: Vec<(EventId, Timestamp)>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) work_claims: BTreeMap<WorkItemId, WorkClaim>,
    pub(super) views: BTreeMap<ViewId, SavedView>,
    pub(super) batches: BTreeMap<BatchId, Batch>,
    /// Deleted batches whose rows were executed.
    pub(super) deleted_batches: BTreeSet<BatchId>,
    /// The pieces of each batch by their numbers.
    pub(super) batch_pieces: BTreeMap<(BatchId, u32), LeasedPiece>,
    pub(super) exports: BTreeMap<ExportId, ExportRecord>,
    pub(super) last_id: i64,
}

/// A piece of a batch with its lease.
#[derive(Clone)]
pub(super) struct LeasedPiece {
    pub(super) stored: StoredPiece,
    pub(super) leased_until: Option<Timestamp>,
    pub(super) lease: u64,
    pub(super) begun_at: Option<Timestamp>,
}

/// A content that may be an orphan.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) since: Timestamp,
    pub(super) trashed: Option<Timestamp>,
}

/// An event, and what keeps it from being taken.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) event: OutboxEvent,
    /// The end of its lease, or the moment of its next attempt.
    pub(super) free_from: Option<Timestamp>,
    pub(super) lease: Lease,
    pub(super) failures: u32,
    /// Since when it is a dead letter, and why.
    pub(super) dead: Option<(Timestamp, DeliveryFailure)>,
    /// Whether it is never delivered.
    pub(super) is_discarded: bool,
}

/// A receiver besides the default one.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) filter: EventFilter,
    pub(super) since: Timestamp,
    pub(super) pending: Vec<Pending>,
}

impl Maps {
    pub(super) fn find(&self, client: &ClientRef) -> Option<&Client> {
        let mut clients = self.clients.values();
        match client {
            ClientRef::Key(key) => self.clients.get(key),
            ClientRef::Id(id) => clients.find(|client| client.id() == *id),
            ClientRef::Document(id) => clients.find(|client| client.kyc().document(id).is_some()),
            ClientRef::Address(id) => clients.find(|client| client.kyc().address(id).is_some()),
        }
    }

    /// The client with its ending: the line of its version says how it ended, and who holds the claim on it has returned.
    pub(super) fn with_ending(&self, client: &Client) -> FoundClient {
        let is_last =
            |line: &&HistoryEntry| line.event.key == *client.key() && line.event.version == client.version();
        let last = self.history.iter().find(is_last).map(|line| &line.event);
        let ending = last.map(|event| Ending::of(client.state(), event.kind, event.from)).unwrap_or_default();
        let claim = Claim::former_client(client.key());
        let returned =
            self.claims.iter().find(|(held, _)| Ending::may_return(client.state()) && *held == claim);
        let ending = ending.with_return(returned.map(|(_, by)| by.clone()));
        FoundClient { client: client.clone(), ending }
    }

    /// Whether any client but `except` has the claim.
    pub(super) fn is_claimed(&self, claim: &Claim, except: Option<&ClientKey>) -> bool {
        self.claims.iter().any(|(held, by)| held == claim && Some(by) != except)
    }

    /// The keys, in their order, of the clients with a due document.
    pub(super) fn due(&self, due: &DueDocuments) -> Vec<ClientKey> {
        let is_due = |client: &&Client| {
            !client.state().has_ended() && client.kyc().due(due.today, due.notice_days).is_some()
        };
        let keys = self.clients.values().filter(is_due).map(Client::key);
        let after = keys.filter(|key| due.after.as_ref().is_none_or(|after| after < *key));
        after.take(due.limit).cloned().collect()
    }
}

impl fmt::Debug for Maps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maps").field("clients", &self.clients.len()).finish_non_exhaustive()
    }
}

impl Pending {
    pub(super) const fn new(event: OutboxEvent) -> Self {
        Self { event, free_from: None, lease: Lease(0), failures: 0, dead: None, is_discarded: false }
    }

    pub(super) fn dead_letter(&self, receiver: &ReceiverName) -> Option<DeadLetter> {
        let (since, why) = self.dead?;
        let (receiver, event) = (receiver.clone(), self.event.clone());
        Some(DeadLetter { receiver, event, failures: self.failures, why, since })
    }
}
