use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, EventFilter, EventId,
    Outbox, ReceiverName, Registration, Settlement, StoreError, TakenEvent, Verdict,
};
use jiff::Timestamp;

use super::maps::{Maps, Pending, Receiver};
use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> Outbox for MapStore<S> {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if receiver.is_default() {
            return Ok(());
        }
        self.write(Method::Register, |maps| {
            let unknown = Receiver { filter: filter.clone(), since: at, pending: Vec::new() };
            maps.receivers.entry(receiver.clone()).or_insert(unknown).filter.clone_from(filter);
        })
        .await
    }

    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        self.write(Method::Forget, |maps| maps.receivers.remove(receiver).is_some()).await
    }

    async fn receivers(&self) -> Result<Vec<Registration>, StoreError> {
        let registration = |(name, receiver): (&ReceiverName, &Receiver)| Registration {
            receiver: name.clone(),
            filter: receiver.filter.clone(),
            since: receiver.since,
        };
        self.read(Method::Receivers, |maps| maps.receivers.iter().map(registration).collect()).await
    }

    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        self.write(Method::Take, |maps| {
            maps.queue(receiver).map(|pending| take(pending, limit, now, until)).unwrap_or_default()
        })
        .await
    }

    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.write(Method::Settle, |maps| {
            for settlement in settlements {
                maps.settle(receiver, settlement);
            }
        })
        .await
    }

    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(Method::DeadLetters, |maps| {
            let letters = maps.queues().flat_map(|(receiver, pending)| {
                pending.iter().filter_map(|pending| pending.dead_letter(receiver))
            });
            let mut letters: Vec<_> =
                letters.filter(|letter| after.is_none_or(|after| letter.key() > *after)).collect();
            letters.sort_by_key(DeadLetter::key);
            letters.truncate(limit);
            letters
        })
        .await
    }

    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        self.write(Method::Resend, |maps| {
            let pending = maps.queue(receiver).into_iter().flatten();
            let dead = pending.filter(|pending| pending.dead.is_some() && which.has(&pending.event));
            dead.map(|pending| (pending.dead, pending.failures) = (None, 0)).count() as u64
        })
        .await
    }

    async fn discard(
        &self,
        receiver: &ReceiverName,
        id: &EventId,
        _at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(Method::Discard, |maps| {
            let mut pending = maps.queue(receiver).into_iter().flatten();
            let dead = pending.find(|pending| pending.event.id == *id && pending.dead.is_some());
            dead.map(|pending| (pending.dead, pending.is_discarded) = (None, true)).is_some()
        })
        .await
    }

    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError> {
        self.write(Method::ForgetDelivered, |maps| {
            let keys = maps.delivered.iter().map(|(id, at)| DeliveredKey { at: *at, event: id.clone() });
            let mut page: Vec<_> =
                keys.filter(|key| key.at < before && after.is_none_or(|after| key > after)).collect();
            page.sort();
            page.truncate(limit);
            let others = maps.receivers.values().flat_map(|receiver| &receiver.pending);
            let held: BTreeSet<_> = others.map(|pending| &pending.event.id).collect();
            let ended: BTreeSet<_> =
                page.iter().map(|key| &key.event).filter(|id| !held.contains(id)).collect();
            maps.delivered.retain(|(id, _)| !ended.contains(id));
            let (deleted, kept) = (ended.len() as u64, (page.len() - ended.len()) as u64);
            Deletion { deleted, kept, last: page.last().filter(|_| page.len() == limit).cloned() }
        })
        .await
    }

    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError> {
        self.read(Method::Backlog, |maps| {
            maps.queues().map(|(receiver, pending)| (receiver.clone(), backlog(pending))).collect()
        })
        .await
    }
}

impl Maps {
    fn queue(&mut self, receiver: &ReceiverName) -> Option<&mut Vec<Pending>> {
        if receiver.is_default() {
            return Some(&mut self.pending);
        }
        self.receivers.get_mut(receiver).map(|receiver| &mut receiver.pending)
    }

    fn queues(&self) -> impl Iterator<Item = (&ReceiverName, &Vec<Pending>)> {
        let others = self.receivers.iter().map(|(name, receiver)| (name, &receiver.pending));
        [(&ReceiverName::DEFAULT, &self.pending)].into_iter().chain(others)
    }

    fn settle(&mut self, receiver: &ReceiverName, settlement: &Settlement) {
        let Some(queue) = self.queue(receiver) else { return };
        let is_meant = |pending: &Pending| pending.event.id == settlement.id && !pending.is_discarded;
        let Some(at) = queue.iter().position(is_meant) else { return };
        // A delivery counts under whichever lease; everything else under the newest.
        if let Verdict::Delivered { at: delivered } = settlement.verdict {
            queue.remove(at);
            if receiver.is_default() {
                self.delivered.push((settlement.id.clone(), delivered));
            }
            return;
        }
        let Some(pending) = queue.get_mut(at).filter(|pending| pending.lease == settlement.lease) else {
            return;
        };
        pending.lease.0 += 1;
        pending.free_from = None;
        match settlement.verdict {
            Verdict::Delivered { .. } | Verdict::Released => {}
            Verdict::Postponed { until, .. } => {
                (pending.free_from, pending.failures) = (Some(until), pending.failures + 1);
            }
            Verdict::DeadLettered { at, why } => {
                (pending.dead, pending.failures) = (Some((at, why)), pending.failures + 1);
            }
        }
    }
}

fn take(queue: &mut [Pending], limit: usize, now: Timestamp, until: Timestamp) -> Vec<TakenEvent> {
    let mut taken = Vec::new();
    // The clients of which an earlier event is not free: their later events wait.
    let mut waiting = BTreeSet::new();
    for pending in queue.iter_mut().filter(|pending| !pending.is_discarded) {
        if taken.len() == limit {
            break;
        }
        if pending.dead.is_some() || pending.free_from.is_some_and(|free| now < free) {
            waiting.insert(pending.event.client.clone());
        } else if !waiting.contains(&pending.event.client) {
            pending.free_from = Some(until);
            pending.lease.0 += 1;
            let (event, failures) = (pending.event.clone(), pending.failures);
            taken.push(TakenEvent { event, failures, lease: pending.lease });
        }
    }
    taken
}

fn backlog(queue: &[Pending]) -> Backlog {
    let alive = queue.iter().filter(|pending| pending.dead.is_none() && !pending.is_discarded);
    let dead = queue.iter().filter(|pending| pending.dead.is_some());
    Backlog { oldest: alive.map(|pending| pending.event.at).min(), dead: dead.count() as u64 }
}
