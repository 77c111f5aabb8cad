//! What the application needs from the outside, and what it promises in return.
//!
//! | port | purpose |
//! | --- | --- |
//! | [`ClientStore`] | clients, their history, claims and idempotency records: reads, and one [`commit`](ClientStore::commit) |
//! | [`Replicas`] | copies of the clients that answer reads and may be behind |
//! | [`DocumentContents`] | the bytes of KYC files; a [`ContentLocation`] is outside the database |
//! | [`ContentLedger`] | which contents may be orphans, and the id of this installation |
//! | [`Outbox`] | the undelivered events for other systems |
//! | [`Sessions`] | people who are signed in with a browser |
//! | [`IdentityProvider`] | the identity provider that signs these people in and out |
//! | [`WorkItems`] | what waits for people, and who is at it |
//! | [`SavedViews`] | searches that people have saved |
//! | [`Batches`] | batches of commands, and what became of each row |
//! | [`ExportLog`] | who exported which clients, and how it ended |
//! | [`EventReceiver`] | the system that receives events |
//! | [`Clock`] | the current time |
//! | [`KeyGenerator`] | fresh keys |
//! | [`AccountDirectory`] | the open accounts of a client in other systems |
//! | [`BranchDirectory`] | the names behind branch keys and officer numbers |
//!
//! [`StoredClaim`], [`StoredEvent`] and the like belong to no port: a copy from one store to another carries them.
//!
//! Everything that can fail returns one [`StoreError`]. The promises of a storage adapter are documented at
//! each method, and each promise is a case of the suite in `store-conformance`.

pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod batches;
pub(crate) mod branches;
pub(crate) mod changeset;
pub(crate) mod clock;
pub(crate) mod contents;
pub(crate) mod count;
mod count_rows;
pub(crate) mod ending;
pub(crate) mod error;
pub(crate) mod export_log;
pub(crate) mod history;
pub(crate) mod idempotency;
pub(crate) mod identity_provider;
pub(crate) mod keys;
pub(crate) mod kyc_renewal;
pub(crate) mod ledger;
pub(crate) mod outbox;
pub(crate) mod receiver;
pub(crate) mod replicas;
pub(crate) mod saved_views;
pub(crate) mod selection;
pub(crate) mod sessions;
mod shared;
mod shared_batches;
mod shared_exports;
mod shared_people;
pub(crate) mod store;
pub(crate) mod store_readiness;
pub(crate) mod stored;
pub(crate) mod tally;
pub(crate) mod totals;
pub(crate) mod work_items;

pub use accounts::{AccountDirectory, UnknownAccounts};
pub use activity::{ActivityFilter, ActivityPage, ActivityPosition};
pub use batches::{Announcement, BatchPage, Batches, PieceRequest};
pub use branches::{Branch, BranchDirectory, NoBranches};
pub use changeset::{Changeset, ClaimToTake, ClientWrite, Committed};
pub use clock::{Clock, to_microseconds};
pub use contents::{ContentBytes, ContentLocation, DocumentContents, NoContents};
pub use count::{CountBounds, Counted, Counting, Group, Grouping};
pub use count_rows::{CountReading, CountRow};
pub use ending::{Ending, FoundClient};
pub use error::StoreError;
pub use export_log::{ExportLog, ExportPage};
pub use history::{HistoryEntry, HistoryPage, HistoryValues};
pub use idempotency::{Fingerprint, OutcomeRecord, RequestKey, StoredData, StoredReply};
pub use identity_provider::{
    IdentityProvider, LogoutRefusal, SignInAnswer, SignInDemand, SignInRefusal, SignInSecrets, SignedIn,
    VerifiedLogout,
};
pub use keys::KeyGenerator;
pub use kyc_renewal::{KycRenewal, KycRenewed};
pub use ledger::{ContentLedger, InstallationId, OrphanCandidate};
pub use outbox::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, DeliveryFailure,
    EventFilter, EventId, InvalidReceiverName, Lease, Outbox, OutboxEvent, ReceiverName, Registration,
    Settlement, TakenEvent, Verdict,
};
pub use receiver::{EventReceiver, Rejection};
pub use replicas::{LogPosition, Replica, ReplicaRun, Replicas};
pub use saved_views::{SavedView, SavedViews, ViewBounds, ViewId, ViewSaving};
pub use selection::{SelectedClients, Selection};
pub use sessions::{ProviderLogout, ProviderSession, Session, SessionId, SessionMoment, Sessions};
pub use store::{ClientRef, ClientStore, ClientSummary, DueDocuments, Found, Loaded, Page, Search};
pub use store_readiness::StoreReadiness;
pub use stored::{
    ClaimDigest, DeliveryEnd, StoredBatchPiece, StoredCandidate, StoredClaim, StoredDeletedBatch,
    StoredDelivery, StoredEvent,
};
pub use tally::{Tallied, TallyBy, TallyGroup, TallyMember, TallyRow, Tallying};
pub use totals::{Total, Totals};
pub use work_items::{WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};
