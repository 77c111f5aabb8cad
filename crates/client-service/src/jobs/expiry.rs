//! The watch over documents that expire.

use std::time::Duration;

use client_app::{Clients, ExpiryRound};
use metrics::{counter, describe_counter};

use super::clock;
use super::round::Round;
use super::supervisor::{AtStop, Supervisor};

/// A document expires at midnight, UTC; its expiry is recorded at most this much later.
const INTERVAL: Duration = Duration::from_mins(15);

/// The next round after one in which notices of some clients failed.
const RETRY_INTERVAL: Duration = Duration::from_mins(1);

/// Records that documents expire soon or have expired, and withdraws records that were made too early.
pub(super) fn watch(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!(
        "kyc_expiry_recorded_total",
        "Documents whose expiry was recorded, by what was recorded."
    );
    describe_counter!(
        "kyc_expiry_failed_clients_total",
        "Clients whose expiry notices failed; the next round retries."
    );
    count(&ExpiryRound::default());
    let clients = clients.clone();
    supervisor.start("expiry_watch", Duration::ZERO, AtStop::Cancel, move || round(clients.clone()));
}

pub(super) async fn round(clients: Clients) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    let round = clients.watch_expiry().await?;
    count(&round);
    if round.expiring + round.expired + round.withdrawn > 0 {
        tracing::info!(
            expiring = round.expiring,
            expired = round.expired,
            withdrawn = round.withdrawn,
            "the expiry of documents was recorded"
        );
    }
    Ok(if round.failed > 0 { RETRY_INTERVAL } else { INTERVAL })
}

fn count(round: &ExpiryRound) {
    for (what, count) in
        [("expiring", round.expiring), ("expired", round.expired), ("withdrawn", round.withdrawn)]
    {
        counter!("kyc_expiry_recorded_total", "what" => what).increment(count);
    }
    counter!("kyc_expiry_failed_clients_total").increment(round.failed);
}
