//! The end of retention: old outcomes of idempotency keys and old delivered events are deleted.

use std::time::Duration;

use client_app::Clients;
use client_app::ports::{Clock as _, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::supervisor::{AtStop, JobFailure, Round};
use super::{Supervisor, clock};
use crate::storage::Storage;
use crate::system::SystemClock;

const EVERY: Duration = Duration::from_mins(10);
/// How many are deleted in one statement, so that none takes long.
const BATCH: usize = 500;

/// For how long things are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    pub(crate) outcomes: SignedDuration,
    pub(crate) delivered: SignedDuration,
}

/// Deletes what is older than that.
pub(crate) fn enforce(supervisor: &Supervisor, storage: &Storage, clients: &Clients, retention: Retention) {
    let (storage, clients) = (storage.clone(), clients.clone());
    supervisor
        .start("retention", EVERY, AtStop::Cut, move || round(storage.clone(), clients.clone(), retention));
}

async fn round(storage: Storage, clients: Clients, retention: Retention) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::LOOK_AGAIN);
    }
    let now = SystemClock.now();
    let outcomes_before = moment(now, retention.outcomes)?;
    let delivered_before = moment(now, retention.delivered)?;
    while full(storage.forget_outcomes(outcomes_before, BATCH).await)? {}
    while full(storage.outbox().delete_delivered(delivered_before, BATCH).await)? {}
    Ok(EVERY)
}

fn full(deleted: Result<u64, StoreError>) -> Result<bool, StoreError> {
    Ok(deleted? >= BATCH as u64)
}

/// The moment `kept` before `now`.
fn moment(now: Timestamp, kept: SignedDuration) -> Result<Timestamp, JobFailure> {
    now.checked_sub(kept)
        .map_err(|_| JobFailure::Broken("retention reaches before the first date".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_that_reaches_before_the_first_date_is_an_error_and_not_a_panic() {
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        assert!(moment(now, SignedDuration::from_hours(24 * 36_500)).is_ok());
        assert!(moment(now, SignedDuration::from_hours(24 * i64::from(u32::MAX))).is_err());
    }
}
