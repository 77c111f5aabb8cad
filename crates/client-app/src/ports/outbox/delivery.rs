use client_domain::value::ClientKey;
use jiff::{SignedDuration, Timestamp};

use super::event::{EventId, OutboxEvent};
use super::receiver_name::ReceiverName;

/// The number of a lease: each time an event is taken, its number grows.
///
/// It fences relays: a relay whose lease ended, and whose event was taken again since, has an old number, so
/// that its late settlement has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lease(pub u64);

/// An event that is leased for delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct TakenEvent {
    /// The event.
    pub event: OutboxEvent,
    /// How many delivery attempts have failed, since the event was written or last resent.
    pub failures: u32,
    /// The lease that the settlement must name.
    pub lease: Lease,
}

impl TakenEvent {
    /// The settlement of this event.
    pub fn settle(&self, verdict: Verdict) -> Settlement {
        Settlement { id: self.event.id.clone(), lease: self.lease, verdict }
    }
}

/// The message of a relay that settles a taken event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The event.
    pub id: EventId,
    /// The lease that it was taken under.
    pub lease: Lease,
    /// The result.
    pub verdict: Verdict,
}

/// The result of a taken event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The event was delivered.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// An attempt failed, and the next one is due later.
    Postponed {
        /// When the event is free again.
        until: Timestamp,
        /// Why the attempt failed.
        why: DeliveryFailure,
    },
    /// The last attempt failed: the event is a dead letter until a person resends or discards it.
    DeadLettered {
        /// When.
        at: Timestamp,
        /// Why the last attempt failed.
        why: DeliveryFailure,
    },
    /// The event was not attempted, and is free again now.
    Released,
}

/// Why a delivery attempt failed. It contains nothing from the receiver's answer, because that may be
/// personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryFailure {
    /// The receiver answered with an error.
    #[error("refused with status {status}")]
    Refused {
        /// The HTTP status, or its equivalent.
        status: u16,
    },
    /// The receiver did not answer in time; it may have received the event.
    #[error("not answered in time")]
    TimedOut,
    /// The receiver was not reached, or the connection broke.
    #[error("not reached")]
    Unreachable,
}

impl DeliveryFailure {
    /// Whether it is a failure of the receiver as a whole, which is down or overloaded, and not of the event.
    pub const fn is_receiver_failure(self) -> bool {
        match self {
            Self::Refused { status } => matches!(status, 429 | 502 | 503 | 504),
            Self::TimedOut | Self::Unreachable => true,
        }
    }
}

/// An event that is not sent to a receiver any more until a person resends or discards it. Later events of its
/// client wait for it, at this receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// The receiver.
    pub receiver: ReceiverName,
    /// The event.
    pub event: OutboxEvent,
    /// How many attempts failed.
    pub failures: u32,
    /// Why the last attempt failed.
    pub why: DeliveryFailure,
    /// Since when the event is a dead letter.
    pub since: Timestamp,
}

impl DeadLetter {
    /// Which one it is.
    pub fn key(&self) -> DeadLetterKey {
        DeadLetterKey { event: self.event.id.clone(), receiver: self.receiver.clone() }
    }
}

/// Which dead letter is meant: an event may be one of several receivers. They are listed in the order of these keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLetterKey {
    /// The event.
    pub event: EventId,
    /// The receiver.
    pub receiver: ReceiverName,
}

/// The dead letters to resend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadLetterSelection {
    /// This one.
    Event(EventId),
    /// Those of this client.
    Client(ClientKey),
    /// All of them.
    All,
}

impl DeadLetterSelection {
    /// Whether a dead letter of this event is among them.
    pub fn has(&self, event: &OutboxEvent) -> bool {
        match self {
            Self::Event(id) => event.id == *id,
            Self::Client(client) => event.client == *client,
            Self::All => true,
        }
    }
}

/// The undelivered events of a receiver in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The time of the oldest event that is neither delivered nor discarded nor a dead letter.
    pub oldest: Option<Timestamp>,
    /// How many dead letters there are.
    pub dead: u64,
}

impl Backlog {
    /// For how long the oldest event has waited at this moment; zero if none waits.
    pub fn lag(&self, now: Timestamp) -> SignedDuration {
        self.oldest
            .map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest).max(SignedDuration::ZERO))
    }
}
