//! The outbox: events are leased to a relay, and settled with its verdicts.

pub(crate) mod delivery_failure;
mod free_events;

use std::collections::BTreeSet;

use async_trait::async_trait;
use client_app::ports::{
    Backlog, DeadLetter, DeadLetterSelection, EventId, Lease, Outbox, Settlement, StoreError, TakenEvent,
    Verdict,
};
use client_domain::value::ClientKey;
use jiff::Timestamp;
use rusqlite::Connection;

use self::delivery_failure::{cause, failure, status};
use self::free_events::{FreeEvent, walk};
use crate::columns::Columns;
use crate::error::{Failure, corrupt};
use crate::parameters::{Parameters, to_i64};
use crate::rows::event;
use crate::sql::{
    BACKLOG, DEAD_LETTERS, DELETE_DELIVERED, DISCARD_EVENT, LEASE_EVENT, RESEND_EVENTS, SETTLE_EVENT,
};
use crate::store::SqliteStore;

const TABLE: &str = "client_outbox";

#[async_trait]
impl Outbox for SqliteStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        // Relays are on this machine, and share its clock.
        Ok(None)
    }

    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        let begin = self.relayed().begins_after();
        let (taken, last) = self
            .write(move |connection| {
                let walk = walk(connection, &begin, limit, now)?;
                Ok((lease_all(connection, walk.first(limit), until)?, walk.last))
            })
            .await?;
        if let Some(last) = last {
            self.relayed().ended_at(&last);
        }
        Ok(taken)
    }

    async fn settle(&self, settlements: &[Settlement]) -> Result<(), StoreError> {
        let settlements = settlements.to_vec();
        self.write(move |connection| {
            settlements.iter().try_for_each(|one| settlement(one).execute(connection, SETTLE_EVENT).map(drop))
        })
        .await
    }

    async fn dead_letters(
        &self,
        after: Option<&EventId>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let after = after.map_or_else(String::new, |id| id.as_str().to_owned());
        self.read(move |connection| {
            let page = Parameters::new().with(":after", after).with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, DEAD_LETTERS), dead_letter)
        })
        .await
    }

    async fn resend(&self, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        let (event, client) = match which {
            DeadLetterSelection::Event(id) => (Some(id.as_str().to_owned()), None),
            DeadLetterSelection::Client(client) => (None, Some(client.as_str().to_owned())),
            DeadLetterSelection::All => (None, None),
        };
        self.write(move |connection| {
            let which = Parameters::new().with(":event_id", event.as_deref());
            Ok(which.with(":client_key", client.as_deref()).execute(connection, RESEND_EVENTS)? as u64)
        })
        .await
    }

    async fn discard(&self, id: &EventId, at: Timestamp) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |connection| {
            let one = Parameters::new().with(":event_id", id.as_str()).with(":at", at);
            Ok(one.execute(connection, DISCARD_EVENT)? > 0)
        })
        .await
    }

    async fn delete_delivered(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(move |connection| {
            let old = Parameters::new().with(":before", before).with(":limit", to_i64(limit));
            Ok(old.execute(connection, DELETE_DELIVERED)? as u64)
        })
        .await
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let read = |columns: &Columns<'_>| {
            let dead = columns.known("dead", |dead: i64| u64::try_from(dead).ok())?;
            Ok::<_, StoreError>(Backlog { oldest: columns.moment_optional("oldest")?, dead })
        };
        let backlog =
            self.read(move |connection| Parameters::new().first(connection, (TABLE, BACKLOG), read)).await?;
        backlog.ok_or_else(|| corrupt("the backlog"))
    }
}

/// The position of an event in the order of an answer.
fn place(taken: &TakenEvent) -> (&ClientKey, u64, &EventId) {
    (&taken.event.client, taken.event.version.get(), &taken.event.id)
}

/// Leases these events. One that cannot be read delays the later ones of its client, and no other client.
fn lease_all<'a>(
    connection: &Connection,
    events: impl Iterator<Item = &'a FreeEvent>,
    until: Timestamp,
) -> Result<Vec<TakenEvent>, Failure> {
    let (mut taken, mut held_up) = (Vec::new(), BTreeSet::new());
    for event in events {
        if held_up.contains(&event.client) {
            continue;
        }
        match lease(connection, event, until) {
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

fn lease(connection: &Connection, event: &FreeEvent, until: Timestamp) -> Result<TakenEvent, Failure> {
    let FreeEvent { place: _, client, version, id } = event;
    let parameters = Parameters::new()
        .with(":client_key", client.as_str())
        .with(":version", *version)
        .with(":event_id", id.as_str())
        .with(":until", until);
    let taken = parameters.first(connection, (TABLE, LEASE_EVENT), |columns| {
        let lease = columns.known("lease", |lease: i64| u64::try_from(lease).ok())?;
        Ok::<_, StoreError>(TakenEvent {
            event: event::read(columns)?,
            failures: failures(columns)?,
            lease: Lease(lease),
        })
    })?;
    taken.ok_or_else(|| corrupt("an event that was not leased").into())
}

fn settlement(Settlement { id, lease, verdict }: &Settlement) -> Parameters<'_> {
    let (delivered, postponed, buried, why) = match *verdict {
        Verdict::Delivered { at } => (Some(at), None, None, None),
        Verdict::Postponed { until, why } => (None, Some(until), None, Some(why)),
        Verdict::DeadLettered { at, why } => (None, None, Some(at), Some(why)),
        Verdict::Released => (None, None, None, None),
    };
    Parameters::new()
        .with(":event_id", id.as_str())
        .with(":lease", lease.0.cast_signed())
        .with(":delivered_at", delivered)
        .with(":leased_until", postponed)
        .with(":buried_at", buried)
        .with(":cause", why.map(cause))
        .with(":status", why.and_then(status))
}

fn dead_letter(columns: &Columns<'_>) -> Result<DeadLetter, StoreError> {
    let status = columns.get("status")?;
    Ok(DeadLetter {
        event: event::read(columns)?,
        failures: failures(columns)?,
        why: columns.parsed("cause", |cause| failure(cause, status).ok_or(()))?,
        since: columns.moment("buried_at")?,
    })
}

fn failures(columns: &Columns<'_>) -> Result<u32, StoreError> {
    columns.known("failures", |failures: i64| u32::try_from(failures).ok())
}
