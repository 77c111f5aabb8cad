//! The outbox as the model keeps it: a list.

use std::collections::BTreeSet;

use client_app::ports::{EventId, OutboxEvent};
use jiff::Timestamp;

#[derive(Clone, Debug, Default)]
pub struct Waiting(Vec<Event>);

/// An event that is not delivered yet.
#[derive(Clone, Debug)]
struct Event {
    event: OutboxEvent,
    leased_until: Option<Timestamp>,
}

impl Waiting {
    pub fn push(&mut self, event: OutboxEvent) {
        self.0.push(Event { event, leased_until: None });
    }

    pub fn forget(&mut self, delivered: &[EventId]) {
        self.0.retain(|waiting| !delivered.contains(&waiting.event.id));
    }

    /// The events without a lease for which no earlier event of the same client waits.
    pub fn take(&mut self, now: Timestamp, until: Timestamp) -> Vec<OutboxEvent> {
        let mut held_up = BTreeSet::new();
        let mut taken = Vec::new();
        for waiting in &mut self.0 {
            if waiting.leased_until.is_some_and(|end| now < end) {
                held_up.insert(waiting.event.client.clone());
            } else if !held_up.contains(&waiting.event.client) {
                waiting.leased_until = Some(until);
                taken.push(waiting.event.clone());
            }
        }
        taken
    }
}
