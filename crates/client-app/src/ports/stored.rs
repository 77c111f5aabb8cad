use std::fmt;

use client_domain::ClaimKind;
use client_domain::kyc::ContentKey;
use client_domain::value::{ClientKey, Version};
use jiff::Timestamp;

use crate::batch::id::BatchId;
use crate::batch::piece::StoredPiece;
use crate::ports::outbox::{DeliveryFailure, EventId, Lease, OutboxEvent, ReceiverName};

/// A claim as a store holds it, for a copy to another store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredClaim {
    /// What is claimed.
    pub kind: ClaimKind,
    /// The digest of the normal form of the value.
    pub digest: ClaimDigest,
    /// The client that has it.
    pub client: ClientKey,
    /// Whether it was taken to be had by no other client.
    pub exclusive: bool,
}

/// The SHA-256 of a claimed value. Whoever can guess the value can find it, so `Debug` masks it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClaimDigest(pub [u8; 32]);

impl fmt::Debug for ClaimDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimDigest(…)")
    }
}

/// An event with its delivery so far, for a copy to another store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The event.
    pub event: OutboxEvent,
    /// When it is free again; `None` if it is free.
    pub leased_until: Option<Timestamp>,
    /// The number of its last lease.
    pub lease: Lease,
    /// How many delivery attempts have failed.
    pub failures: u32,
    /// Why the last attempt failed.
    pub why: Option<DeliveryFailure>,
    /// How its delivery ended; `None` while it is open.
    pub end: Option<DeliveryEnd>,
}

/// An event that waits for a receiver besides the default one, for a copy to another store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelivery {
    /// The client of the event.
    pub client: ClientKey,
    /// The version of the client after the event.
    pub version: Version,
    /// The event.
    pub event: EventId,
    /// The receiver.
    pub receiver: ReceiverName,
    /// The time of the event.
    pub at: Timestamp,
    /// When it is free again; `None` if it is free.
    pub leased_until: Option<Timestamp>,
    /// The number of its last lease.
    pub lease: Lease,
    /// How many delivery attempts have failed.
    pub failures: u32,
    /// Why the last attempt failed.
    pub why: Option<DeliveryFailure>,
    /// Whether it is a dead letter or was discarded, and since when; `None` while it is open.
    pub end: Option<DeliveryEnd>,
}

/// How the delivery of an event ended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// It was delivered.
    Delivered(Timestamp),
    /// It is a dead letter.
    DeadLettered(Timestamp),
    /// A person decided that it is never delivered.
    Discarded(Timestamp),
}

/// A content that may be an orphan, for a copy to another store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCandidate {
    /// The key of the content.
    pub key: ContentKey,
    /// When its upload began, or when it was replaced.
    pub queued_at: Timestamp,
    /// When it was moved to the trash; `None` while it is not there.
    pub trashed_at: Option<Timestamp>,
}

/// A piece of a batch with its latest lease, for a copy to another store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBatchPiece {
    /// The batch.
    pub batch: BatchId,
    /// The piece, with what became of its rows.
    pub piece: StoredPiece,
    /// When it is free again; `None` if it is free.
    pub leased_until: Option<Timestamp>,
    /// The number of its last lease.
    pub lease: u64,
    /// When the work on it was first begun that has no result yet.
    pub begun_at: Option<Timestamp>,
}

/// A batch whose rows were executed and which was deleted, for a copy to another store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeletedBatch {
    /// Its id, which is never announced again.
    pub id: BatchId,
    /// When it had ended.
    pub ended_at: Timestamp,
}
