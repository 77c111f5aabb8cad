//! The watch over documents that expire.

use std::time::Duration;

use client_app::{Clients, ExpiryRound};
use metrics::{counter, describe_counter};

use super::supervisor::{AtStop, Round};
use super::{Supervisor, clock};

/// A day begins at midnight, UTC; an expiry is recorded at most this much later.
const EVERY: Duration = Duration::from_mins(15);

/// Records that documents expire soon or have expired, and takes back what was recorded too early.
pub(crate) fn watch(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!("kyc_expiry_told_total", "Documents of whose end was told, by what was told.");
    count(&ExpiryRound::default());
    let clients = clients.clone();
    supervisor.start("expiry_watch", Duration::ZERO, AtStop::Cut, move || round(clients.clone()));
}

pub(super) async fn round(clients: Clients) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::LOOK_AGAIN);
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
    Ok(EVERY)
}

fn count(round: &ExpiryRound) {
    for (what, told) in
        [("expiring", round.expiring), ("expired", round.expired), ("withdrawn", round.withdrawn)]
    {
        counter!("kyc_expiry_told_total", "what" => what).increment(told);
    }
}
