//! Retention: old outcomes of idempotency keys, old delivered events, ended sessions, ended claims and ended batches are deleted.

use std::sync::Arc;
use std::time::Duration;

use client_app::Clients;
use client_app::ports::{Clock as _, SessionMoment, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::delivered_events::{Bounds, DeliveredEvents};
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};
use super::{batches, clock};
use crate::config::database::Retention;
use crate::system::SystemClock;
use crate::wiring::storage::Storage;

const INTERVAL: Duration = Duration::from_mins(10);
/// How many rows one statement deletes, so that none takes long.
const BATCH_SIZE: usize = 500;
/// How many batches of commands one statement deletes, each with up to thousands of pieces.
const BATCHES: usize = 1;

/// Deletes outcomes and events whose retention has ended, sessions that have reached their
/// end, and claims of work that have ended.
pub(crate) fn enforce(supervisor: &Supervisor, storage: &Storage, clients: &Clients, retention: Retention) {
    let (storage, clients) = (storage.clone(), clients.clone());
    let delivered = Arc::new(DeliveredEvents::default());
    supervisor.start("retention", INTERVAL, AtStop::Cancel, move || {
        round(storage.clone(), clients.clone(), delivered.clone(), retention)
    });
}

async fn round(
    storage: Storage,
    clients: Clients,
    delivered: Arc<DeliveredEvents>,
    retention: Retention,
) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    let now = SystemClock.now();
    let outcomes_before = moment(now, retention.outcomes)?;
    let delivered_before = moment(now, retention.delivered)?;
    while is_full(storage.delete_outcomes(outcomes_before, BATCH_SIZE).await)? {}
    delivered.delete(&*storage.outbox(), delivered_before, Bounds::default()).await?;
    let sessions = storage.sessions();
    while sessions.remove_ended(SessionMoment::without_idle(now), BATCH_SIZE).await? > 0 {}
    let ended_before = moment(now, retention.batches)?;
    let batches = storage.batches();
    while batches.remove_batches(ended_before, BATCHES).await? > 0 {}
    while is_full(storage.work_items().remove_ended_claims(clients.storage_time(now), BATCH_SIZE).await)? {}
    // Last: a batch that cannot be read holds up no deletion.
    clients.expire_batches().await.map_err(batches::failed)?;
    Ok(INTERVAL)
}

/// Whether a statement deleted a full batch, after which there may be more rows.
fn is_full(deleted: Result<u64, StoreError>) -> Result<bool, StoreError> {
    Ok(deleted? >= BATCH_SIZE as u64)
}

/// The moment before which records are deleted.
fn moment(now: Timestamp, period: SignedDuration) -> Result<Timestamp, JobFailure> {
    now.checked_sub(period)
        .map_err(|_| JobFailure::Broken("retention reaches before the first date".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_before_the_first_date_is_an_error_and_not_a_panic() {
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        assert!(moment(now, SignedDuration::from_hours(24 * 36_500)).is_ok());
        assert!(moment(now, SignedDuration::from_hours(24 * i64::from(u32::MAX))).is_err());
    }
}
