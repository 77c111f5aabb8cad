use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, EventFilter, EventId,
    Outbox, OutboxEvent, ReceiverName, Registration, Settlement, StoreError, TakenEvent,
};
use jiff::Timestamp;

use crate::faults::Operation;
use crate::queue::{Queue, Registered};
use crate::store::MemoryStore;
use crate::tables::Tables;

impl Tables {
    /// Adds an event to the queue of each receiver that takes it.
    pub(crate) fn add_event(&mut self, event: OutboxEvent) {
        self.events_written += 1;
        let (number, event) = (self.events_written, Arc::new(event));
        let takes = |(name, registered): (&ReceiverName, &Registered)| {
            registered.filter.takes(event.kind).then(|| name.clone())
        };
        let receivers: Vec<_> = self.receivers.iter().filter_map(takes).collect();
        for receiver in receivers.iter().chain([&ReceiverName::DEFAULT]) {
            self.change_queue(receiver, |queue| queue.add(number, event.clone()));
        }
    }

    /// Changes the queue of a receiver, if it is registered.
    fn change_queue<T: Default>(
        &mut self,
        receiver: &ReceiverName,
        change: impl FnOnce(&mut Queue) -> T,
    ) -> T {
        if receiver.is_default() {
            return change(&mut self.events);
        }
        let Some(mut registered) = self.receivers.get(receiver).cloned() else { return T::default() };
        let changed = change(&mut registered.queue);
        self.receivers.insert_mut(receiver.clone(), registered);
        changed
    }

    fn register(&mut self, receiver: &ReceiverName, filter: &EventFilter, at: Timestamp) {
        if receiver.is_default() {
            return;
        }
        let known = self.receivers.get(receiver);
        let (since, queue) = known.map_or_else(
            || (at, Queue::default()),
            |registered| (registered.since, registered.queue.clone()),
        );
        let registered = Registered { filter: filter.clone(), since, queue };
        self.receivers.insert_mut(receiver.clone(), registered);
    }

    /// The queue of every receiver.
    fn queues(&self) -> impl Iterator<Item = (&ReceiverName, &Queue)> {
        let others = self.receivers.iter().map(|(name, registered)| (name, &registered.queue));
        [(&ReceiverName::DEFAULT, &self.events)].into_iter().chain(others)
    }

    fn settle_event(&mut self, receiver: &ReceiverName, settlement: &Settlement) {
        let delivered = self.change_queue(receiver, |queue| queue.settle(settlement));
        if let Some((key, number)) = delivered.filter(|_| receiver.is_default()) {
            self.delivered.insert_mut(key, number);
        }
    }

    fn dead_letters(&self, after: Option<&DeadLetterKey>, limit: usize) -> Vec<DeadLetter> {
        let letters = self.queues().flat_map(|(name, queue)| queue.dead_letters(name, after, limit));
        let mut letters: Vec<_> = letters.collect();
        letters.sort_by_key(DeadLetter::key);
        letters.truncate(limit);
        letters
    }

    fn delete_delivered(
        &mut self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Deletion {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let delivered = self.delivered.range((after, Bound::Unbounded));
        let old = delivered.take_while(|(key, _)| key.at < before).take(limit);
        let old: Vec<_> = old.map(|(key, number)| (key.clone(), *number)).collect();
        let is_held = |number| self.receivers.values().any(|registered| registered.queue.holds(number));
        let (kept, ended): (Vec<_>, Vec<_>) = old.iter().partition(|(_, number)| is_held(*number));
        for (key, _) in &ended {
            self.delivered.remove_mut(key);
        }
        let last = old.last().filter(|_| old.len() == limit).map(|(key, _)| key.clone());
        Deletion { deleted: ended.len() as u64, kept: kept.len() as u64, last }
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.change_outbox(|tables| tables.register(receiver, filter, at)).await
    }

    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        self.change_outbox(|tables| tables.receivers.remove_mut(receiver)).await
    }

    async fn receivers(&self) -> Result<Vec<Registration>, StoreError> {
        let registration = |(name, registered): (&ReceiverName, &Registered)| Registration {
            receiver: name.clone(),
            filter: registered.filter.clone(),
            since: registered.since,
        };
        self.change_outbox(|tables| tables.receivers.iter().map(registration).collect()).await
    }

    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        let take = |tables: &mut Tables| tables.change_queue(receiver, |queue| queue.take(limit, now, until));
        self.change_outbox(take).await
    }

    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.change_outbox(|tables| {
            for settlement in settlements {
                tables.settle_event(receiver, settlement);
            }
        })
        .await
    }

    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.change_outbox(|tables| tables.dead_letters(after, limit)).await
    }

    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        self.change_outbox(|tables| tables.change_queue(receiver, |queue| queue.resend(which))).await
    }

    async fn discard(
        &self,
        receiver: &ReceiverName,
        id: &EventId,
        _at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_outbox(|tables| tables.change_queue(receiver, |queue| queue.discard(id))).await
    }

    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError> {
        self.change_outbox(|tables| tables.delete_delivered(before, after, limit)).await
    }

    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError> {
        let of_queue = |(name, queue): (&ReceiverName, &Queue)| (name.clone(), queue.backlog());
        self.change_outbox(|tables| tables.queues().map(of_queue).collect()).await
    }
}

impl MemoryStore {
    async fn change_outbox<T: Send>(
        &self,
        change: impl FnOnce(&mut Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.answer(Operation::Outbox, || Ok(self.change(change))).await
    }
}
