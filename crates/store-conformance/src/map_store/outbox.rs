use std::collections::BTreeSet;

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterSelection, EventId, Outbox, Settlement, StoreError, TakenEvent, Verdict,
};
use jiff::Timestamp;

use super::maps::{Maps, Pending};
use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> Outbox for MapStore<S> {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        self.write(Method::Take, |maps| maps.take(limit, now, until)).await
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.write(Method::Settle, |maps| settlements.iter().for_each(|settlement| maps.settle(settlement)))
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.read(Method::DeadLetters, |maps| {
            let letters = maps.pending.iter().filter_map(Pending::dead_letter);
            let mut letters: Vec<_> =
                letters.filter(|letter| after.is_none_or(|after| letter.event.id > *after)).collect();
            letters.sort_by(|one, other| one.event.id.cmp(&other.event.id));
            letters.truncate(limit);
            letters
        })
        .await
    }

    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        self.write(Method::Resend, |maps| {
            let is_chosen = |pending: &Pending| match which {
                DeadLetterSelection::Event(id) => pending.event.id == *id,
                DeadLetterSelection::Client(client) => pending.event.client == *client,
                DeadLetterSelection::All => true,
            };
            let dead = maps.pending.iter_mut().filter(|pending| pending.dead.is_some() && is_chosen(pending));
            dead.map(|pending| (pending.dead, pending.failures) = (None, 0)).count() as u64
        })
        .await
    }

    async fn discard(&self, id: &EventId, _at: Timestamp) -> Result<bool, StoreError> {
        self.write(Method::Discard, |maps| {
            let before = maps.pending.len();
            maps.pending.retain(|pending| pending.event.id != *id || pending.dead.is_none());
            maps.pending.len() < before
        })
        .await
    }

    async fn delete_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(Method::ForgetDelivered, |maps| {
            let known = maps.delivered.len();
            let mut left = limit;
            maps.delivered.retain(|at| {
                let is_deleted = *at < before && left > 0;
                left -= usize::from(is_deleted);
                !is_deleted
            });
            (known - maps.delivered.len()) as u64
        })
        .await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.read(Method::Backlog, |maps| {
            let alive = maps.pending.iter().filter(|pending| pending.dead.is_none());
            let dead = maps.pending.iter().filter(|pending| pending.dead.is_some());
            Backlog { oldest: alive.map(|pending| pending.event.at).min(), dead: dead.count() as u64 }
        })
        .await
    }
}

impl Maps {
    fn take(&mut self, limit: usize, now: Timestamp, until: Timestamp) -> Vec<TakenEvent> {
        let mut taken = Vec::new();
        // The clients of which an earlier event is not free: their later events wait.
        let mut waiting = BTreeSet::new();
        for pending in &mut self.pending {
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

    fn settle(&mut self, settlement: &Settlement) {
        let Some(at) = self.pending.iter().position(|pending| pending.event.id == settlement.id) else {
            return;
        };
        // A delivery counts under whichever lease; everything else under the newest.
        if let Verdict::Delivered { at: delivered } = settlement.verdict {
            self.pending.remove(at);
            self.delivered.push(delivered);
            return;
        }
        let Some(pending) = self.pending.get_mut(at).filter(|pending| pending.lease == settlement.lease)
        else {
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
