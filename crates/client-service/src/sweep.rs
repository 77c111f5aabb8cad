//! Forgetting what is old: outcomes of idempotency keys, and events that were delivered.

use std::time::Duration;

use client_app::ports::Clock as _;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::storage::Storage;
use crate::system::SystemClock;

/// How often old things are looked for.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How many are forgotten in one statement, so that none takes long.
const SWEEP_AT_ONCE: usize = 500;

/// For how many days things are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keep {
    pub(crate) outcomes: u32,
    pub(crate) delivered: u32,
}

/// Forgets what is older than that, until `stop`.
pub(crate) fn start(storage: &Storage, keep: Keep, stop: &CancellationToken) {
    let (storage, stop) = (storage.clone(), stop.clone());
    tokio::spawn(async move {
        let rounds = async {
            loop {
                tokio::time::sleep(SWEEP_EVERY).await;
                forget(&storage, Old::Outcomes, keep.outcomes).await;
                forget(&storage, Old::DeliveredEvents, keep.delivered).await;
            }
        };
        stop.run_until_cancelled(rounds).await;
    });
}

/// What there is to forget.
#[derive(Clone, Copy, Debug)]
enum Old {
    Outcomes,
    DeliveredEvents,
}

async fn forget(storage: &Storage, old: Old, days: u32) {
    let before = SystemClock.now() - SignedDuration::from_hours(24 * i64::from(days));
    loop {
        let forgotten = match old {
            Old::Outcomes => storage.forget_outcomes(before, SWEEP_AT_ONCE).await,
            Old::DeliveredEvents => storage.outbox().forget_delivered(before, SWEEP_AT_ONCE).await,
        };
        match forgotten {
            Ok(forgotten) if forgotten < SWEEP_AT_ONCE as u64 => return,
            Ok(_) => {}
            // The next round tries again.
            Err(error) => return tracing::warn!(%error, ?old, "what is old was not forgotten"),
        }
    }
}
