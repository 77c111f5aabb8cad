//! What the application needs from the world, and what it promises in return.
//!
//! | port | what it is for |
//! | --- | --- |
//! | [`ClientStore`] | clients, their history, claims and idempotency records: reads, and one [`commit`](ClientStore::commit) |
//! | [`DocumentContents`] | the bytes of KYC files; a [`ContentPlace`] is outside of the database |
//! | [`ContentLedger`] | which contents may be orphans, and which installation this is |
//! | [`Outbox`] | the events that other systems have not been told yet |
//! | [`EventReceiver`] | who is told of them |
//! | [`Clock`] | what time it is |
//! | [`KeyGenerator`] | fresh keys |
//! | [`AccountDirectory`] | whether a client has open accounts elsewhere |
//! | [`BranchDirectory`] | the names behind branch keys and officer numbers |
//!
//! Everything that can fail answers one [`StoreError`]. What a storage adapter must promise is written at each
//! method, and each promise is a case of the suite in `store-conformance`.

mod accounts;
mod branches;
mod changeset;
mod clock;
mod contents;
mod error;
mod history;
mod idempotency;
mod keys;
mod ledger;
mod outbox;
mod receiver;
mod store;

pub use accounts::{AccountDirectory, UnknownAccounts};
pub use branches::{Branch, BranchDirectory, NoBranches};
pub use changeset::{Changeset, ClaimToTake, ClientWrite, Committed};
pub use clock::{Clock, to_microseconds};
pub use contents::{ContentBytes, ContentPlace, DocumentContents, NoContents};
pub use error::StoreError;
pub use history::{HistoryEntry, HistoryPage};
pub use idempotency::{Fingerprint, OutcomeRecord, RequestKey, StoredData, StoredReply};
pub use keys::KeyGenerator;
pub use ledger::{ContentLedger, InstallationId, OrphanCandidate};
pub use outbox::{
    Backlog, DeadLetter, DeadLetterSelection, DeliveryFailure, EventId, Lease, Outbox, OutboxEvent,
    Settlement, TakenEvent, Verdict,
};
pub use receiver::{EventReceiver, Rejection};
pub use store::{
    ClientRef, ClientStore, ClientSummary, DueDocuments, Found, Loaded, Page, Search, StoreReadiness,
};
