//! The outbox: events are leased to a relay, and settled with its verdicts.

mod deletion;
pub(crate) mod delivery_failure;
mod free_events;
mod queue;
mod registrations;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey, EventFilter, EventId,
    Lease, Outbox, ReceiverName, Registration, Settlement, StoreError, TakenEvent, Verdict,
};
use client_domain::value::ClientKey;
use jiff::Timestamp;
use rusqlite::Connection;

use self::delivery_failure::{cause, failure, status};
use self::free_events::{FreeEvent, walk};
use self::queue::Queue;
use crate::columns::Columns;
use crate::error::{Failure, corrupt};
use crate::parameters::{Parameters, to_i64};
use crate::rows::event;
use crate::sql::{
    BACKLOG, DEAD_LETTERS, DISCARD_DELIVERY, DISCARD_EVENT, END_DELIVERY, LEASE_DELIVERY, LEASE_EVENT,
    LEASED_DELIVERY, RESEND_DELIVERIES, RESEND_EVENTS, SETTLE_DELIVERY, SETTLE_EVENT,
};
use crate::store::SqliteStore;

const TABLE: &str = "client_outbox";

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        // Relays are on this machine, and share its clock.
        Ok(None)
    }

    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (receiver, filter) = (receiver.clone(), filter.clone());
        self.write(move |connection| registrations::register(connection, &receiver, &filter, at)).await
    }

    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        let receiver = receiver.clone();
        self.write(move |connection| registrations::forget(connection, &receiver)).await
    }

    async fn receivers(&self) -> Result<Vec<Registration>, StoreError> {
        self.read(registrations::all).await
    }

    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        let begin = self.relayed().begins_after(receiver);
        let queue = Queue(receiver.clone());
        let (taken, last) = self
            .write(move |connection| {
                let walk = walk(connection, &queue, &begin, limit, now)?;
                Ok((lease_all(connection, &queue, walk.first(limit), until)?, walk.last))
            })
            .await?;
        if let Some(last) = last {
            self.relayed().ended_at(receiver, last);
        }
        Ok(taken)
    }

    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError> {
        let (queue, settlements) = (Queue(receiver.clone()), settlements.to_vec());
        self.write(move |connection| settlements.iter().try_for_each(|one| settle(connection, &queue, one)))
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let after = after.map_or_else(<(String, String)>::default, |key| {
            (key.event.as_str().to_owned(), key.receiver.as_str().to_owned())
        });
        self.read(move |connection| {
            let (event, receiver) = after;
            let page = Parameters::new().with(":event_id", event).with(":receiver", receiver);
            page.with(":limit", to_i64(limit)).rows(connection, (TABLE, DEAD_LETTERS), dead_letter)
        })
        .await
    }

    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        let (event, client) = match which {
            DeadLetterSelection::Event(id) => (Some(id.as_str().to_owned()), None),
            DeadLetterSelection::Client(client) => (None, Some(client.as_str().to_owned())),
            DeadLetterSelection::All => (None, None),
        };
        let queue = Queue(receiver.clone());
        self.write(move |connection| {
            let which = queue.parameters().with(":event_id", event.as_deref());
            let which = which.with(":client_key", client.as_deref());
            let resend = queue.statement(RESEND_EVENTS, RESEND_DELIVERIES);
            Ok(which.execute(connection, resend)? as u64)
        })
        .await
    }

    async fn discard(
        &self,
        receiver: &ReceiverName,
        id: &EventId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (queue, id) = (Queue(receiver.clone()), id.clone());
        self.write(move |connection| {
            let one = queue.parameters().with(":event_id", id.as_str()).with(":at", at);
            Ok(one.execute(connection, queue.statement(DISCARD_EVENT, DISCARD_DELIVERY))? > 0)
        })
        .await
    }

    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError> {
        let after = after.cloned();
        self.write(move |connection| deletion::delete(connection, before, after.as_ref(), limit)).await
    }

    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError> {
        let backlogs = self.read(|connection| Parameters::new().rows(connection, (TABLE, BACKLOG), backlog));
        Ok(backlogs.await?.into_iter().collect())
    }
}

/// The position of an event in the order of an answer.
fn place(taken: &TakenEvent) -> (&ClientKey, u64, &EventId) {
    (&taken.event.client, taken.event.version.get(), &taken.event.id)
}

/// Leases these events. One that cannot be read delays the later ones of its client, and no other client.
fn lease_all<'a>(
    connection: &Connection,
    queue: &Queue,
    events: impl Iterator<Item = &'a FreeEvent>,
    until: Timestamp,
) -> Result<Vec<TakenEvent>, Failure> {
    let (mut taken, mut held_up) = (Vec::new(), BTreeSet::new());
    for event in events {
        if held_up.contains(&event.client) {
            continue;
        }
        match lease(connection, queue, event, until) {
            Ok(event) => taken.push(event),
            Err(Failure::Store(error)) => {
                tracing::error!(event = event.id, %error, "an event cannot be read, and holds up its client");
                held_up.insert(&event.client);
            }
            Err(failure) => return Err(failure),
        }
    }
    taken.sort_by(|one, other| place(one).cmp(&place(other)));
    Ok(taken)
}

fn lease(
    connection: &Connection,
    queue: &Queue,
    event: &FreeEvent,
    until: Timestamp,
) -> Result<TakenEvent, Failure> {
    let FreeEvent { place: _, client, version, id } = event;
    let parameters = || {
        let row = queue.parameters().with(":client_key", client.as_str()).with(":version", *version);
        row.with(":event_id", id.as_str())
    };
    let taken = if queue.0.is_default() {
        parameters().with(":until", until).first(connection, (TABLE, LEASE_EVENT), taken)?
    } else {
        parameters().with(":until", until).execute(connection, LEASE_DELIVERY)?;
        parameters().first(connection, (TABLE, LEASED_DELIVERY), taken)?
    };
    taken.ok_or_else(|| corrupt("an event that was not leased").into())
}

fn taken(columns: &Columns<'_>) -> Result<TakenEvent, StoreError> {
    let lease = columns.known("lease", |lease: i64| u64::try_from(lease).ok())?;
    Ok(TakenEvent { event: event::read(columns)?, failures: failures(columns)?, lease: Lease(lease) })
}

fn settle(connection: &Connection, queue: &Queue, settled: &Settlement) -> Result<(), Failure> {
    let Settlement { id, lease, verdict } = settled;
    let (delivered, postponed, buried, why) = match *verdict {
        Verdict::Delivered { at } => (Some(at), None, None, None),
        Verdict::Postponed { until, why } => (None, Some(until), None, Some(why)),
        Verdict::DeadLettered { at, why } => (None, None, Some(at), Some(why)),
        Verdict::Released => (None, None, None, None),
    };
    let event = queue.parameters().with(":event_id", id.as_str());
    if !queue.0.is_default() && delivered.is_some() {
        return event.execute(connection, END_DELIVERY).map(drop);
    }
    let settlement = event
        .with(":lease", lease.0.cast_signed())
        .with(":leased_until", postponed)
        .with(":buried_at", buried)
        .with(":cause", why.map(cause))
        .with(":status", why.and_then(status));
    if queue.0.is_default() {
        settlement.with(":delivered_at", delivered).execute(connection, SETTLE_EVENT).map(drop)
    } else {
        settlement.execute(connection, SETTLE_DELIVERY).map(drop)
    }
}

fn backlog(columns: &Columns<'_>) -> Result<(ReceiverName, Backlog), StoreError> {
    let dead = columns.known("dead", |dead: i64| u64::try_from(dead).ok())?;
    Ok((receiver(columns)?, Backlog { oldest: columns.moment_optional("oldest")?, dead }))
}

pub(crate) fn receiver(columns: &Columns<'_>) -> Result<ReceiverName, StoreError> {
    Ok(ReceiverName::from_stored(columns.text("receiver")?.to_owned()))
}

fn dead_letter(columns: &Columns<'_>) -> Result<DeadLetter, StoreError> {
    let status = columns.get("status")?;
    Ok(DeadLetter {
        receiver: receiver(columns)?,
        event: event::read(columns)?,
        failures: failures(columns)?,
        why: columns.parsed("cause", |cause| failure(cause, status).ok_or(()))?,
        since: columns.moment("buried_at")?,
    })
}

fn failures(columns: &Columns<'_>) -> Result<u32, StoreError> {
    columns.known("failures", |failures: i64| u32::try_from(failures).ok())
}
