mod deletion;
mod delivery;
mod event;
mod receiver_name;
mod registration;

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;

pub use deletion::{Deletion, DeliveredKey};
pub use delivery::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, DeliveryFailure, Lease, Settlement, TakenEvent,
    Verdict,
};
pub use event::{EventId, OutboxEvent};
pub use receiver_name::{InvalidReceiverName, ReceiverName};
pub use registration::{EventFilter, Registration};

use crate::ports::error::StoreError;

/// The events of commits, until they are delivered to other systems.
///
/// Each receiver has a queue of its own. That of the receiver [`DEFAULT`](ReceiverName::DEFAULT) holds every event, also
/// while nothing delivers it. Another receiver is registered, and its queue holds the events that its filter takes, of the
/// commits from then on.
///
/// A relay takes events of one receiver, delivers them, and settles each. An adapter promises, for each receiver:
///
/// - every event of a commit that was done is there, once, if the receiver was registered before and its filter takes the
///   event; and none of a commit that was not done. An event that the filter does not take delays no other one;
/// - the events of one client are handed out in the order of their versions. An event is not handed out while
///   an earlier one of the same client is neither delivered nor discarded nor in the same batch: not while the
///   earlier one is leased, waits for its next attempt, or is a dead letter;
/// - the events of other clients never wait for it;
/// - a taken event is handed to no other relay until its lease ends; then it is handed out again, so that a
///   relay that died loses nothing;
/// - a delivered or discarded event is never handed out again;
/// - a late settlement, for an event that was taken again or settled since, changes nothing, unless it says
///   that the event was delivered;
/// - receivers never wait for each other: an event that waits for one, or is a dead letter of one, is handed out to the
///   others;
/// - only events that every registered receiver has got are ever deleted.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The clock of leases: the storage's clock, if relays on several machines share it. `None` if the
    /// relay's own clock is to be used.
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Registers a receiver: events of later commits that `filter` takes are kept for it. If it is registered, its filter
    /// is replaced, for later commits; events that wait for it go on waiting. The default receiver is always registered, and
    /// takes every event: for that one, nothing is done.
    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forgets a receiver with everything that waits for it, dead letters too, so a person must decide it. Returns whether
    /// it was registered. The default receiver is never forgotten. After an error the call is repeated.
    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError>;

    /// The registered receivers in the order of their names, without the default one.
    async fn receivers(&self) -> Result<Vec<Registration>, StoreError>;

    /// Leases up to `limit` events of this receiver that are free at `now`. They are free again at `until`. There are none of
    /// a receiver that is not registered.
    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError>;

    /// Settles events that were taken for this receiver; each at most once in a call.
    ///
    /// A lease ends with its settlement, so a repeated settlement changes nothing. Unknown events are no
    /// error.
    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError>;

    /// Up to `limit` dead letters of every receiver in the order of their keys, after `after`.
    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError>;

    /// Frees dead letters of this receiver for delivery again, without failed attempts, and returns their number.
    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError>;

    /// Discards a dead letter of this receiver, so that it gets the later events of the client. It will never be
    /// delivered, so a person must decide it. Returns whether there was such a dead letter.
    async fn discard(&self, receiver: &ReceiverName, id: &EventId, at: Timestamp)
    -> Result<bool, StoreError>;

    /// Reads up to `limit` events that the default receiver got before `before`, in the order of their keys and after `after`,
    /// and deletes those that every other receiver has got. The caller goes on after [`Deletion::last`], which deletes all in
    /// small steps and reads none twice.
    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError>;

    /// The undelivered events in numbers, of each registered receiver and of the default one.
    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError>;
}
