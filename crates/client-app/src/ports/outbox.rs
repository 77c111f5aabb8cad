mod delivery;
mod event;

use async_trait::async_trait;
use jiff::Timestamp;

pub use delivery::{
    Backlog, DeadLetter, DeadLetterSelection, DeliveryFailure, Lease, Settlement, TakenEvent, Verdict,
};
pub use event::{EventId, OutboxEvent};

use crate::ports::error::StoreError;

/// The events of commits, until they are delivered to other systems.
///
/// A relay takes events, delivers them, and settles each. An adapter promises:
///
/// - every event of a commit that was done is there, and none of a commit that was not;
/// - the events of one client are handed out in the order of their versions. An event is not handed out while
///   an earlier one of the same client is neither delivered nor discarded nor in the same batch: not while the
///   earlier one is leased, waits for its next attempt, or is a dead letter;
/// - the events of other clients never wait for it;
/// - a taken event is handed to no other relay until its lease ends; then it is handed out again, so that a
///   relay that died loses nothing;
/// - a delivered or discarded event is never handed out again;
/// - a late settlement, for an event that was taken again or settled since, changes nothing, unless it says
///   that the event was delivered;
/// - only delivered events are ever deleted.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The clock of leases: the storage's clock, if relays on several machines share it. `None` if the
    /// relay's own clock is to be used.
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Leases up to `limit` events that are free at `now`. They are free again at `until`.
    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError>;

    /// Settles events that were taken; each at most once in a call.
    ///
    /// A lease ends with its settlement, so a repeated settlement changes nothing. Unknown events are no
    /// error.
    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError>;

    /// Up to `limit` dead letters in the order of their ids, after `after`.
    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError>;

    /// Frees dead letters for delivery again, without failed attempts, and returns their number.
    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError>;

    /// Discards a dead letter, so that the later events of its client are delivered. It will never be
    /// delivered, so a person must decide it. Returns whether there was such a dead letter.
    async fn discard(&self, id: &EventId, at: Timestamp) -> Result<bool, StoreError>;

    /// Deletes up to `limit` events that were delivered before `before`, and returns their number. The caller
    /// repeats it until the number is less than `limit`, which deletes all in small steps.
    async fn delete_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;

    /// The undelivered events in numbers.
    async fn backlog(&self) -> Result<Backlog, StoreError>;
}
