//! The outbox: events are leased to a relay, and settled with its verdicts.

mod deletion;
pub(crate) mod delivery_failure;

use std::collections::BTreeMap;

use crate::time::ToSql as _;
use async_trait::async_trait;
use client_app::ports::{
    Backlog, ClientStore, DeadLetter, DeadLetterKey, DeadLetterSelection, Deletion, DeliveredKey,
    DeliveryFailure, EventFilter, EventId, Lease, Outbox, OutboxEvent, ReceiverName, Registration,
    Settlement, StoreError, TakenEvent, Verdict,
};
use client_domain::value::ClientKey;
use jiff::{SignedDuration, Timestamp};
use metrics::counter;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use self::delivery_failure::{cause, failure, status};
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::rows::newer;
use crate::sql::{
    BACKLOG, DEAD_LETTERS, DELETE_DELIVERED, DISCARD_DELIVERY, DISCARD_EVENT, RELEASE_DELIVERIES,
    RELEASE_EVENTS, RESEND_DELIVERIES, RESEND_EVENTS, SETTLE_DELIVERIES, SETTLE_EVENTS, Statement,
    TAKE_DELIVERIES, TAKE_EVENTS,
};
use crate::store::PostgresStore;

/// How long an event that cannot be read is left to other releases before this release takes it again.
const UNREADABLE_PAUSE: SignedDuration = SignedDuration::from_secs(10);

#[async_trait]
impl Outbox for PostgresStore {
    async fn lease_time(&self) -> Result<Option<Timestamp>, StoreError> {
        ClientStore::server_time(self).await
    }

    async fn register(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.register_receiver(receiver, filter, at).await
    }

    async fn forget(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        self.forget_receiver(receiver).await
    }

    async fn receivers(&self) -> Result<Vec<Registration>, StoreError> {
        self.registrations().await
    }

    async fn take(
        &self,
        receiver: &ReceiverName,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<TakenEvent>, StoreError> {
        let statement = || {
            let (sql, other) = of_receiver(receiver, TAKE_EVENTS, TAKE_DELIVERIES);
            let statement = sqlx::query(sql).bind(to_i64(limit)).bind(now.to_sql()).bind(until.to_sql());
            bind_receiver(statement, other)
        };
        // Sent once: events that were leased without an answer are free again when the lease ends.
        let rows = self.write_once(statement).await?;
        let batch = Batch::read(&rows);
        if !batch.unreadable.is_empty() {
            let later = now.checked_add(UNREADABLE_PAUSE).unwrap_or(until).min(until);
            self.release(receiver, &batch, later).await;
        }
        Ok(batch.events)
    }

    async fn settle(&self, receiver: &ReceiverName, settlements: &[Settlement]) -> Result<(), StoreError> {
        let (sql, other) = of_receiver(receiver, SETTLE_EVENTS, SETTLE_DELIVERIES);
        // The lease fences every verdict but a delivery, which may be recorded twice.
        let statement = || bind_receiver(bind_settlements(sqlx::query(sql), settlements), other);
        self.write_idempotent(statement).await.map(drop)
    }

    async fn dead_letters(
        &self,
        after: Option<&DeadLetterKey>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        let event = after.map(|key| key.event.as_str());
        let receiver = after.map(|key| key.receiver.as_str());
        let statement = || sqlx::query(DEAD_LETTERS).bind(event).bind(receiver).bind(to_i64(limit));
        let rows = self.read(Share::KeyReads, statement).await?;
        rows.iter().map(dead_letter).collect()
    }

    async fn resend(&self, receiver: &ReceiverName, which: &DeadLetterSelection) -> Result<u64, StoreError> {
        let (event, client) = match which {
            DeadLetterSelection::Event(id) => (Some(id.as_str()), None),
            DeadLetterSelection::Client(client) => (None, Some(client.as_str())),
            DeadLetterSelection::All => (None, None),
        };
        let (sql, other) = of_receiver(receiver, RESEND_EVENTS, RESEND_DELIVERIES);
        self.execute(bind_receiver(sqlx::query(sql).bind(event).bind(client), other)).await
    }

    async fn discard(
        &self,
        receiver: &ReceiverName,
        id: &EventId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (sql, other) = of_receiver(receiver, DISCARD_EVENT, DISCARD_DELIVERY);
        let statement = bind_receiver(sqlx::query(sql).bind(id.as_str()).bind(at.to_sql()), other);
        Ok(self.execute(statement).await? > 0)
    }

    async fn delete_delivered(
        &self,
        before: Timestamp,
        after: Option<&DeliveredKey>,
        limit: usize,
    ) -> Result<Deletion, StoreError> {
        let (at, event) = after.map(|key| (key.at.to_sql(), key.event.as_str())).unzip();
        let statement =
            || sqlx::query(DELETE_DELIVERED).bind(before.to_sql()).bind(at).bind(event).bind(to_i64(limit));
        let rows = self.write_idempotent(statement).await?;
        rows.first().map_or_else(|| Ok(Deletion::default()), |row| deletion::read(row, limit))
    }

    async fn backlog(&self) -> Result<BTreeMap<ReceiverName, Backlog>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(BACKLOG)).await?;
        rows.iter().map(backlog).collect()
    }
}

/// The statement for the default receiver, or that for another one with its name.
fn of_receiver<'a>(
    receiver: &'a ReceiverName,
    default: &'static str,
    other: &'static str,
) -> (&'static str, Option<&'a str>) {
    if receiver.is_default() { (default, None) } else { (other, Some(receiver.as_str())) }
}

fn bind_receiver<'q>(statement: Statement<'q>, other: Option<&'q str>) -> Statement<'q> {
    match other {
        Some(name) => statement.bind(name),
        None => statement,
    }
}

impl PostgresStore {
    /// Ends the leases of events that cannot be read, and of the later events of their clients.
    async fn release(&self, receiver: &ReceiverName, batch: &Batch, later: Timestamp) {
        counter!("outbox_unreadable_total").increment(batch.unreadable.len() as u64);
        for (event, _) in &batch.unreadable {
            tracing::error!(event, "an event cannot be read; it is left to a release that can");
        }
        let released = self.write_idempotent(|| {
            let all = || batch.unreadable.iter().chain(&batch.behind);
            let (sql, other) = of_receiver(receiver, RELEASE_EVENTS, RELEASE_DELIVERIES);
            let statement = sqlx::query(sql)
                .bind(all().map(|(event, _)| event.as_str()).collect::<Vec<_>>())
                .bind(all().map(|(_, lease)| *lease).collect::<Vec<_>>())
                .bind(later.to_sql());
            bind_receiver(statement, other)
        });
        if let Err(error) = released.await {
            tracing::warn!(%error, "events that were not delivered are free again when their leases end");
        }
    }
}

fn bind_settlements<'q>(statement: Statement<'q>, settlements: &'q [Settlement]) -> Statement<'q> {
    // An id that PostgreSQL cannot hold was never written.
    let known = || settlements.iter().filter(|settlement| !settlement.id.as_str().contains('\0'));
    let verdicts: Vec<_> = known().map(|settlement| row_of(settlement.verdict)).collect();
    statement
        .bind(known().map(|settlement| settlement.id.as_str()).collect::<Vec<_>>())
        .bind(known().map(|settlement| settlement.lease.0.cast_signed()).collect::<Vec<_>>())
        .bind(verdicts.iter().map(|verdict| verdict.name).collect::<Vec<_>>())
        .bind(verdicts.iter().map(|verdict| verdict.moment.map(|at| at.to_sql())).collect::<Vec<_>>())
        .bind(verdicts.iter().map(|verdict| verdict.why.map(cause)).collect::<Vec<_>>())
        .bind(verdicts.iter().map(|verdict| verdict.why.and_then(status)).collect::<Vec<_>>())
}

/// A verdict as the statement takes it.
struct VerdictRow {
    name: &'static str,
    moment: Option<Timestamp>,
    why: Option<DeliveryFailure>,
}

const fn row_of(verdict: Verdict) -> VerdictRow {
    let (name, moment, why) = match verdict {
        Verdict::Delivered { at } => ("delivered", Some(at), None),
        Verdict::Postponed { until, why } => ("postponed", Some(until), Some(why)),
        Verdict::DeadLettered { at, why } => ("buried", Some(at), Some(why)),
        Verdict::Released => ("untried", None, None),
    };
    VerdictRow { name, moment, why }
}

/// The events of a batch, read row by row: an event that cannot be read holds up only its own client.
#[derive(Default)]
struct Batch {
    events: Vec<TakenEvent>,
    /// Events that cannot be read, with their leases.
    unreadable: Vec<(String, i64)>,
    /// Later events of the same clients, with their leases.
    behind: Vec<(String, i64)>,
}

impl Batch {
    /// Reads rows in the order of their clients and versions.
    fn read(rows: &[PgRow]) -> Self {
        let mut batch = Self::default();
        let mut held_up = None;
        for row in rows {
            let client = row.try_get::<&str, _>("client_key").ok();
            let lease = || Some((row.try_get("event_id").ok()?, row.try_get("lease").ok()?));
            if held_up.is_some() && held_up == client {
                batch.behind.extend(lease());
                continue;
            }
            if let Ok(event) = taken(row) {
                batch.events.push(event);
            } else {
                held_up = client;
                batch.unreadable.extend(lease());
            }
        }
        batch
    }
}

fn taken(row: &PgRow) -> Result<TakenEvent, StoreError> {
    let columns = Columns { row, table: "client_outbox" };
    let lease = columns.known("lease", |lease: i64| u64::try_from(lease).ok())?;
    Ok(TakenEvent { event: event(&columns)?, failures: failures(&columns)?, lease: Lease(lease) })
}

fn dead_letter(row: &PgRow) -> Result<DeadLetter, StoreError> {
    let columns = Columns { row, table: "client_outbox" };
    let status = columns.get("status")?;
    Ok(DeadLetter {
        receiver: receiver(&columns)?,
        event: event(&columns)?,
        failures: failures(&columns)?,
        why: columns.known("cause", |cause: &str| failure(cause, status))?,
        since: columns.moment("buried_at")?,
    })
}

fn backlog(row: &PgRow) -> Result<(ReceiverName, Backlog), StoreError> {
    let columns = Columns { row, table: "client_outbox" };
    let dead = columns.known("dead", |dead: i64| u64::try_from(dead).ok())?;
    Ok((receiver(&columns)?, Backlog { oldest: columns.moment_optional("oldest")?, dead }))
}

fn receiver(columns: &Columns<'_>) -> Result<ReceiverName, StoreError> {
    columns.get("receiver").map(ReceiverName::from_stored)
}

fn event(columns: &Columns<'_>) -> Result<OutboxEvent, StoreError> {
    Ok(OutboxEvent {
        id: EventId::from_stored(columns.get("event_id")?),
        kind: columns.known("event", newer::event_kind)?,
        client: columns.parsed("client_key", ClientKey::parse)?,
        version: columns.version("version")?,
        at: columns.moment("at")?,
        data: columns.known("data", |text: &str| serde_json::from_str(text).ok())?,
    })
}

fn failures(columns: &Columns<'_>) -> Result<u32, StoreError> {
    columns.known("failures", |failures: i32| u32::try_from(failures).ok())
}
