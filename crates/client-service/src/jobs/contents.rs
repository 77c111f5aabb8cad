//! The garbage collection of files that no document mentions.

use std::time::Duration;

use client_app::Clients;
use client_app::ports::Clock as _;
use jiff::SignedDuration;
use metrics::{counter, describe_counter};

use super::supervisor::{AtStop, JobFailure, Round};
use super::{Supervisor, clock};
use crate::system::SystemClock;

const EVERY: Duration = Duration::from_hours(6);
/// How old an orphan must be: much older than any request that has stored it and has not committed yet.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Collects orphans.
pub(crate) fn collect(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!(
        "kyc_contents_swept_total",
        "Files that no document mentioned and that were forgotten."
    );
    counter!("kyc_contents_swept_total").increment(0);
    let clients = clients.clone();
    supervisor.start("content_collection", EVERY, AtStop::Cut, move || round(clients.clone()));
}

pub(super) async fn round(clients: Clients) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::LOOK_AGAIN);
    }
    let before = SystemClock.now().checked_sub(GRACE);
    let before = before.map_err(|_| JobFailure::Broken("the clock is before the first date".to_owned()))?;
    let swept = clients.sweep_contents(before).await?;
    counter!("kyc_contents_swept_total").increment(swept);
    Ok(EVERY)
}
