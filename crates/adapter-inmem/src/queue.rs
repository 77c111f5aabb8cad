//! The events that wait for one receiver.

use std::collections::HashSet;
use std::sync::Arc;

use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, DeliveredKey, DeliveryFailure, EventFilter,
    EventId, Lease, OutboxEvent, ReceiverName, Settlement, TakenEvent, Verdict,
};
use jiff::Timestamp;
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

/// The undelivered events, and those that were discarded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    /// In the order of the commits, and so of the versions of each client.
    undelivered: RedBlackTreeMapSync<u64, Undelivered>,
    /// The number of each of them.
    numbers: RedBlackTreeMapSync<EventId, u64>,
    /// The discarded events.
    discarded: RedBlackTreeSetSync<u64>,
}

/// A receiver besides the default one.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) filter: EventFilter,
    pub(crate) since: Timestamp,
    pub(crate) queue: Queue,
}

/// An event, and the state of its delivery.
#[derive(Clone, Debug)]
struct Undelivered {
    event: Arc<OutboxEvent>,
    /// When it can be taken again, after a lease or a failed attempt.
    free_from: Option<Timestamp>,
    /// How often it was taken or settled. Only the relay that took it last knows this number.
    lease: u64,
    failures: u32,
    /// When and why it became a dead letter.
    dead: Option<(Timestamp, DeliveryFailure)>,
}

impl Undelivered {
    /// Whether it cannot be taken now.
    fn is_held(&self, now: Timestamp) -> bool {
        self.dead.is_some() || self.free_from.is_some_and(|free| now < free)
    }
}

impl Queue {
    pub(crate) fn add(&mut self, number: u64, event: Arc<OutboxEvent>) {
        self.numbers.insert_mut(event.id.clone(), number);
        let undelivered = Undelivered { event, free_from: None, lease: 0, failures: 0, dead: None };
        self.undelivered.insert_mut(number, undelivered);
    }

    /// Whether the event is kept for the receiver.
    pub(crate) fn holds(&self, number: u64) -> bool {
        self.undelivered.contains_key(&number) || self.discarded.contains(&number)
    }

    pub(crate) fn take(&mut self, limit: usize, now: Timestamp, until: Timestamp) -> Vec<TakenEvent> {
        // Clients with an event that is not free. Their later events wait, so that they do not overtake it.
        let mut waiting = HashSet::new();
        let mut taken = Vec::new();
        for (number, undelivered) in &self.undelivered {
            if taken.len() >= limit {
                break;
            }
            let client = &undelivered.event.client;
            if undelivered.is_held(now) {
                waiting.insert(client);
            } else if !waiting.contains(client) {
                taken.push((*number, undelivered.clone()));
            }
        }
        taken
            .into_iter()
            .map(|(number, mut undelivered)| {
                undelivered.free_from = Some(until);
                undelivered.lease += 1;
                let (failures, lease) = (undelivered.failures, Lease(undelivered.lease));
                let event = undelivered.event.as_ref().clone();
                self.undelivered.insert_mut(number, undelivered);
                TakenEvent { event, failures, lease }
            })
            .collect()
    }

    /// Settles an event, and returns its number and its key if it was delivered.
    pub(crate) fn settle(&mut self, settlement: &Settlement) -> Option<(DeliveredKey, u64)> {
        let number = self.numbers.get(&settlement.id).copied()?;
        if let Verdict::Delivered { at } = settlement.verdict {
            self.remove(number, &settlement.id);
            return Some((DeliveredKey { at, event: settlement.id.clone() }, number));
        }
        let mut event = self.undelivered.get(&number).cloned()?;
        if event.lease != settlement.lease.0 {
            return None;
        }
        event.lease += 1;
        event.free_from = None;
        match settlement.verdict {
            Verdict::Delivered { .. } | Verdict::Released => {}
            Verdict::Postponed { until, .. } => {
                event.failures += 1;
                event.free_from = Some(until);
            }
            Verdict::DeadLettered { at, why } => {
                event.failures += 1;
                event.dead = Some((at, why));
            }
        }
        self.undelivered.insert_mut(number, event);
        None
    }

    fn remove(&mut self, number: u64, id: &EventId) {
        self.undelivered.remove_mut(&number);
        self.numbers.remove_mut(id);
    }

    /// Up to `limit` dead letters in the order of their ids, after a key.
    pub(crate) fn dead_letters(
        &self,
        receiver: &ReceiverName,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> impl Iterator<Item = DeadLetter> {
        let dead = self.numbers.iter().filter_map(move |(id, number)| {
            let key = DeadLetterKey { event: id.clone(), receiver: receiver.clone() };
            let event = self.undelivered.get(number).filter(|_| after.is_none_or(|after| key > *after))?;
            let ((since, why), failures) = (event.dead?, event.failures);
            let (receiver, event) = (key.receiver, event.event.as_ref().clone());
            Some(DeadLetter { receiver, event, failures, why, since })
        });
        dead.take(limit)
    }

    pub(crate) fn resend(&mut self, which: &DeadLetterSelection) -> u64 {
        let dead =
            self.undelivered.iter().filter(|(_, event)| event.dead.is_some() && which.has(&event.event));
        let dead: Vec<_> = dead.map(|(number, event)| (*number, event.clone())).collect();
        let count = dead.len() as u64;
        for (number, event) in dead {
            self.undelivered.insert_mut(number, Undelivered { dead: None, failures: 0, ..event });
        }
        count
    }

    pub(crate) fn discard(&mut self, id: &EventId) -> bool {
        let number = self.numbers.get(id).copied();
        let is_dead = |number: &u64| self.undelivered.get(number).is_some_and(|event| event.dead.is_some());
        let Some(number) = number.filter(is_dead) else { return false };
        self.remove(number, id);
        self.discarded.insert_mut(number);
        true
    }

    pub(crate) fn backlog(&self) -> Backlog {
        let (dead, alive): (Vec<_>, Vec<_>) =
            self.undelivered.values().partition(|event| event.dead.is_some());
        Backlog { oldest: alive.iter().map(|event| event.event.at).min(), dead: dead.len() as u64 }
    }
}
