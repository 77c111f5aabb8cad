//! Applications that lapse.

use std::time::Duration;

use client_app::{Clients, LapseRound};
use metrics::{counter, describe_counter};

use super::clock;
use super::round::Round;
use super::supervisor::{AtStop, Supervisor};

/// An application lapses at the end of a day of the bank; it is ended at most this much later.
const INTERVAL: Duration = Duration::from_mins(15);

/// How soon another policy is noticed that lets applications lapse.
const NO_LAPSE_INTERVAL: Duration = Duration::from_mins(1);

/// The next round after one in which some applications did not lapse.
const RETRY_INTERVAL: Duration = Duration::from_mins(1);

/// Ends applications without a change for as many days as the policy says; the number may come with another policy.
pub(super) fn end(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!("applications_lapsed_total", "Applications that lapsed without a change.");
    describe_counter!(
        "applications_lapse_failed_total",
        "Applications that did not lapse; the next round retries."
    );
    count(&LapseRound::default());
    let clients = clients.clone();
    supervisor.start("lapse", Duration::ZERO, AtStop::Cancel, move || round(clients.clone()));
}

async fn round(clients: Clients) -> Round {
    if clients.kyc_policy().lapse_after_days.is_none() {
        return Ok(NO_LAPSE_INTERVAL);
    }
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    let round = clients.lapse_applications().await?;
    count(&round);
    if round.lapsed > 0 {
        tracing::info!(lapsed = round.lapsed, "applications lapsed");
    }
    Ok(if round.failed > 0 { RETRY_INTERVAL } else { INTERVAL })
}

fn count(round: &LapseRound) {
    counter!("applications_lapsed_total").increment(round.lapsed);
    counter!("applications_lapse_failed_total").increment(round.failed);
}
