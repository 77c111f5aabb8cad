//! The watch over documents that expire.

use std::time::Duration;

use client_app::Clients;
use metrics::{counter, describe_counter};

use super::supervisor::{AtStop, Round};
use super::{Supervisor, clock};

/// A day begins at midnight, UTC; an expiry is recorded at most this much later.
const EVERY: Duration = Duration::from_mins(15);

/// Records that documents expire soon or have expired.
pub(crate) fn watch(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!("kyc_expiry_told_total", "Documents of whose end was told, by what was told.");
    count(0, 0);
    let clients = clients.clone();
    supervisor.start("expiry_watch", Duration::ZERO, AtStop::Cut, move || round(clients.clone()));
}

pub(super) async fn round(clients: Clients) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::LOOK_AGAIN);
    }
    let round = clients.watch_expiry().await?;
    count(round.expiring, round.expired);
    if round.expiring + round.expired > 0 {
        tracing::info!(
            expiring = round.expiring,
            expired = round.expired,
            "the expiry of documents was recorded"
        );
    }
    Ok(EVERY)
}

fn count(expiring: u64, expired: u64) {
    counter!("kyc_expiry_told_total", "what" => "expiring").increment(expiring);
    counter!("kyc_expiry_told_total", "what" => "expired").increment(expired);
}
