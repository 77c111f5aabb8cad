use std::collections::HashSet;

use async_trait::async_trait;
use client_app::ports::{EventId, Outbox, OutboxEvent, StoreError};
use jiff::Timestamp;

use crate::MemoryStore;
use crate::faults::Operation;
use crate::tables::{Tables, Undelivered};

impl Tables {
    pub(crate) fn take_events(&mut self, limit: usize, now: Timestamp, until: Timestamp) -> Vec<OutboxEvent> {
        // Clients with an event that is somebody's: their later events wait, or they would arrive first.
        let mut waiting = HashSet::new();
        let mut taken = Vec::new();
        for (place, undelivered) in &self.undelivered {
            if taken.len() >= limit {
                break;
            }
            let client = &undelivered.event.client;
            if undelivered.leased_until.is_some_and(|end| now < end) {
                waiting.insert(client);
            } else if !waiting.contains(client) {
                taken.push((*place, undelivered.event.clone()));
            }
        }
        for (place, event) in &taken {
            let leased = Undelivered { event: event.clone(), leased_until: Some(until) };
            self.undelivered.insert_mut(*place, leased);
        }
        taken.into_iter().map(|(_, event)| OutboxEvent::clone(&event)).collect()
    }

    pub(crate) fn mark_delivered(&mut self, ids: &[EventId]) {
        for id in ids {
            if let Some(place) = self.places.get(id).copied() {
                self.undelivered.remove_mut(&place);
                self.places.remove_mut(id);
            }
        }
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<OutboxEvent>, StoreError> {
        self.answer(Operation::Outbox, || Ok(self.change(|tables| tables.take_events(limit, now, until))))
            .await
    }

    async fn mark_delivered(&self, ids: &[EventId]) -> Result<(), StoreError> {
        self.answer(Operation::Outbox, || {
            self.change(|tables| tables.mark_delivered(ids));
            Ok(())
        })
        .await
    }
}
