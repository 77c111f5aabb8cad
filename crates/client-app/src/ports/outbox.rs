mod delivery;
mod event;

use async_trait::async_trait;
use jiff::Timestamp;

pub use delivery::{
    Backlog, DeadLetter, DeadLetterSelection, DeliveryFailure, Lease, Settlement, TakenEvent, Verdict,
};
pub use event::{EventId, OutboxEvent};

use super::StoreError;

/// The events that commits wrote, until other systems have been told of them.
///
/// A relay takes some, tells them, and says what became of each. Promises of an adapter:
///
/// - every event of a commit that was done is there, and none of a commit that was not;
/// - the events of one client are handed out in the order of their versions, and none while an earlier one of
///   the same client is neither delivered nor discarded nor part of the same batch: not while the earlier one is
///   somebody's, nor while it waits for its next attempt, nor while it is a dead letter;
/// - other clients never wait for it;
/// - an event that was taken is handed to nobody else until the lease ends; then it is handed out again, so
///   that a relay which died loses nothing;
/// - a delivered or discarded event is never handed out again;
/// - what a relay says late, about an event that was taken again or decided about since, changes nothing: except
///   that it was delivered, which is so whoever says it;
/// - only delivered events are ever forgotten.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// What time it is for leases: by the clock of the storage, if relays on several machines share it. None where a relay's
    /// own clock is as good.
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Takes up to `limit` events that are free at the moment `now` and keeps others from them until `until`, at
    /// which moment they are free again.
    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError>;

    /// Says what became of events that were taken; each at most once in a call.
    ///
    /// A lease ends with its settlement, so saying the same again changes nothing. Events that are not there any
    /// more are no error.
    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError>;

    /// Up to `limit` dead letters in the order of their ids, those after `after`.
    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError>;

    /// Has dead letters sent again: they are free at once and as if no attempt had failed. Answers how many.
    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError>;

    /// Gives a dead letter up, so that the later events of its client go on. It will never be delivered, which is
    /// for a person to decide. Answers whether there was such a dead letter.
    async fn discard(&self, id: &EventId, at: Timestamp) -> Result<bool, StoreError>;

    /// Forgets up to `limit` events that were delivered before `before`, and answers how many. Called again until
    /// it answers less than `limit`, it forgets all in small steps.
    async fn forget_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;

    /// What waits.
    async fn backlog(&self) -> Result<Backlog, StoreError>;
}
