use std::collections::HashSet;

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterSelection, EventId, Lease, Outbox, Settlement, StoreError, TakenEvent,
    Verdict,
};
use jiff::Timestamp;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::{Tables, Undelivered};

impl Tables {
    fn take_events(&mut self, limit: usize, now: Timestamp, until: Timestamp) -> Vec<TakenEvent> {
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

    fn settle_event(&mut self, settlement: &Settlement) {
        let Some(number) = self.event_numbers.get(&settlement.id).copied() else { return };
        if let Verdict::Delivered { at } = settlement.verdict {
            self.remove_event(number, &settlement.id);
            self.delivered.insert_mut((at, number));
            return;
        }
        let Some(mut event) = self.undelivered.get(&number).cloned() else { return };
        if event.lease != settlement.lease.0 {
            return;
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
    }

    fn remove_event(&mut self, number: u64, id: &EventId) {
        self.undelivered.remove_mut(&number);
        self.event_numbers.remove_mut(id);
    }

    fn dead_letters(&self, after: Option<&EventId>, limit: usize) -> Vec<DeadLetter> {
        self.event_numbers
            .iter()
            .filter(|(id, _)| after.is_none_or(|after| *id > after))
            .filter_map(|(_, number)| {
                let event = self.undelivered.get(number)?;
                let (since, why) = event.dead?;
                Some(DeadLetter { event: event.event.as_ref().clone(), failures: event.failures, why, since })
            })
            .take(limit)
            .collect()
    }

    fn resend_events(&mut self, which: &DeadLetterSelection) -> u64 {
        let is_selected = |event: &Undelivered| match which {
            DeadLetterSelection::Event(id) => event.event.id == *id,
            DeadLetterSelection::Client(client) => event.event.client == *client,
            DeadLetterSelection::All => true,
        };
        let dead = self.undelivered.iter().filter(|(_, event)| event.dead.is_some() && is_selected(event));
        let dead: Vec<_> = dead.map(|(number, event)| (*number, event.clone())).collect();
        let count = dead.len() as u64;
        for (number, event) in dead {
            self.undelivered.insert_mut(number, Undelivered { dead: None, failures: 0, ..event });
        }
        count
    }

    fn discard_event(&mut self, id: &EventId) -> bool {
        let number = self.event_numbers.get(id).copied();
        let is_dead = |number: &u64| self.undelivered.get(number).is_some_and(|event| event.dead.is_some());
        let Some(number) = number.filter(is_dead) else { return false };
        self.remove_event(number, id);
        true
    }

    fn delete_delivered(&mut self, before: Timestamp, limit: usize) -> u64 {
        let old: Vec<_> = self.delivered.range(..(before, 0)).take(limit).copied().collect();
        for delivered in &old {
            self.delivered.remove_mut(delivered);
        }
        old.len() as u64
    }

    fn backlog(&self) -> Backlog {
        let (dead, alive): (Vec<_>, Vec<_>) =
            self.undelivered.values().partition(|event| event.dead.is_some());
        Backlog { oldest: alive.iter().map(|event| event.event.at).min(), dead: dead.len() as u64 }
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        self.change_outbox(|tables| tables.take_events(limit, now, until)).await
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.change_outbox(|tables| settlements.iter().for_each(|settlement| tables.settle_event(settlement)))
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.change_outbox(|tables| tables.dead_letters(after, limit)).await
    }

    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        self.change_outbox(|tables| tables.resend_events(which)).await
    }

    async fn discard(&self, id: &EventId, _at: Timestamp) -> Result<bool, StoreError> {
        self.change_outbox(|tables| tables.discard_event(id)).await
    }

    async fn delete_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.change_outbox(|tables| tables.delete_delivered(before, limit)).await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.change_outbox(|tables| tables.backlog()).await
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
