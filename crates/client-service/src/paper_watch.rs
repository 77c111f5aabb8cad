//! What happens to papers by itself: their end is told, and files that no document mentions are swept.

use std::time::Duration;

use client_app::Clients;
use client_app::ports::Clock as _;
use jiff::SignedDuration;
use metrics::{counter, describe_counter};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::system::SystemClock;

/// How often it is looked whose documents run out. A day begins at midnight, UTC; nobody waits longer than this for it.
const WATCH_EVERY: Duration = Duration::from_mins(15);
/// How often files are looked for that no document mentions.
const SWEEP_EVERY: Duration = Duration::from_hours(6);
/// How long a file is let be: much longer than any request takes that has kept it and not yet said so.
const LET_BE: SignedDuration = SignedDuration::from_hours(24);

/// Watches and sweeps until `stop`.
pub(crate) fn start(clients: &Clients, stop: &CancellationToken) {
    describe_counter!("kyc_expiry_told_total", "Documents of whose end was told, by what was told.");
    describe_counter!(
        "kyc_contents_swept_total",
        "Files that no document mentioned and that were forgotten."
    );
    count(0, 0);
    counter!("kyc_contents_swept_total").increment(0);
    let (watching, stopped) = (clients.clone(), stop.clone());
    tokio::spawn(async move {
        let walks = async {
            loop {
                watch(&watching).await;
                sleep(WATCH_EVERY).await;
            }
        };
        stopped.run_until_cancelled(walks).await;
    });
    let (sweeping, stopped) = (clients.clone(), stop.clone());
    tokio::spawn(async move {
        let sweeps = async {
            loop {
                sleep(SWEEP_EVERY).await;
                sweep(&sweeping).await;
            }
        };
        stopped.run_until_cancelled(sweeps).await;
    });
}

async fn watch(clients: &Clients) {
    match clients.watch_expiry().await {
        Ok(round) => {
            count(round.expiring, round.expired);
            if round.expiring + round.expired > 0 {
                tracing::info!(
                    expiring = round.expiring,
                    expired = round.expired,
                    "the end of documents was told"
                );
            }
        }
        // The next walk tries again.
        Err(error) => tracing::warn!(%error, "whose documents run out is not known"),
    }
}

async fn sweep(clients: &Clients) {
    match clients.sweep_contents(SystemClock.now() - LET_BE).await {
        Ok(swept) => counter!("kyc_contents_swept_total").increment(swept),
        Err(error) => tracing::warn!(%error, "files that no document mentions were not swept"),
    }
}

fn count(expiring: u64, expired: u64) {
    counter!("kyc_expiry_told_total", "what" => "expiring").increment(expiring);
    counter!("kyc_expiry_told_total", "what" => "expired").increment(expired);
}
