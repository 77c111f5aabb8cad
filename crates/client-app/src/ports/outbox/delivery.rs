use client_domain::value::ClientKey;
use jiff::Timestamp;

use super::{EventId, OutboxEvent};

/// Which taking of an event it is: every taking has a higher number than the ones before it.
///
/// It is the fence between two relays: one whose time ran out and whose event somebody else has taken since holds
/// a number that counts no longer, so that what it says late undoes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(pub u64);

/// An event that was taken to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenEvent {
    /// The event.
    pub event: OutboxEvent,
    /// How many attempts to deliver it have failed, since it was written or last sent again.
    pub failures: u32,
    /// What the taker has to show when it says what became of the event.
    pub lease: Lease,
}

impl TakenEvent {
    /// Says what became of it.
    pub fn settle(&self, verdict: Verdict) -> Settlement {
        Settlement { id: self.event.id.clone(), lease: self.lease, verdict }
    }
}

/// What became of an event that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The event.
    pub id: EventId,
    /// The lease that it was taken under.
    pub lease: Lease,
    /// What became of it.
    pub verdict: Verdict,
}

/// What becomes of an event that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was delivered.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// An attempt failed, and the next one is to be made later.
    Postponed {
        /// When it is free again.
        until: Timestamp,
        /// Why it failed.
        why: DeliveryFailure,
    },
    /// The last attempt failed: it is a dead letter until somebody decides about it.
    Buried {
        /// When.
        at: Timestamp,
        /// Why the last attempt failed.
        why: DeliveryFailure,
    },
    /// It was not tried, and is free at once.
    Untried,
}

/// Why an attempt to deliver failed. It holds nothing that the receiver said, because that may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFailure {
    /// The receiver answered, and did not accept.
    #[error("refused with status {status}")]
    Refused {
        /// The HTTP status, or what stands for it.
        status: u16,
    },
    /// The receiver did not answer in time; it may have got the event.
    #[error("not answered in time")]
    TimedOut,
    /// The receiver was not reached, or the connection broke.
    #[error("not reached")]
    Unreachable,
}

impl DeliveryFailure {
    /// Whether it says something about the receiver as a whole and nothing about the event: it is away, or has too
    /// much to do.
    pub const fn is_of_the_receiver(self) -> bool {
        match self {
            Self::Refused { status } => matches!(status, 429 | 502 | 503 | 504),
            Self::TimedOut | Self::Unreachable => true,
        }
    }
}

/// An event that is not tried any more until somebody decides about it. The later events of its client wait.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// The event.
    pub event: OutboxEvent,
    /// How many attempts failed.
    pub failures: u32,
    /// Why the last one failed.
    pub why: DeliveryFailure,
    /// Since when it is a dead letter.
    pub since: Timestamp,
}

/// Which dead letters are to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadLetterSelection {
    /// This one.
    Event(EventId),
    /// Those of this client.
    Client(ClientKey),
    /// All of them.
    All,
}

/// What waits in an outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// When the oldest event happened that is neither delivered nor discarded nor a dead letter.
    pub oldest: Option<Timestamp>,
    /// How many dead letters there are.
    pub dead: u64,
}
