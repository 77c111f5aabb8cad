//! The garbage collection of orphans: files that no document names.

use std::time::Duration;

use client_app::ports::Clock as _;
use client_app::{Clients, GarbageRound, GarbageRules};
use jiff::SignedDuration;
use metrics::{counter, describe_counter, describe_gauge, gauge};

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;

/// The rest before the first round. It is short, so that a service that is deployed every few hours collects too.
const FIRST_REST: Duration = Duration::from_mins(3);
const INTERVAL: Duration = Duration::from_hours(6);
/// How old an orphan must be: much older than a request that has stored a file and has not committed yet.
const GRACE_PERIOD: SignedDuration = SignedDuration::from_hours(24);
/// How long a file stays in the trash.
const TRASH_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Collects orphans. One round moves at most `max_share` percent of all files.
pub(crate) fn collect(supervisor: &Supervisor, clients: &Clients, max_share: u8) {
    describe_counter!("kyc_contents_trashed_total", "Orphaned files that were moved to the trash.");
    describe_counter!("kyc_contents_deleted_total", "Files that were deleted from the trash.");
    describe_counter!("kyc_contents_restored_total", "Files that were moved back from the trash.");
    describe_gauge!(
        "kyc_contents_collection_stopped",
        "1 while garbage collection would take more than its share of all files, and takes nothing."
    );
    count(&GarbageRound::default());
    let clients = clients.clone();
    supervisor
        .start("content_collection", FIRST_REST, AtStop::Cancel, move || round(clients.clone(), max_share));
}

pub(super) async fn round(clients: Clients, max_share: u8) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    let now = SystemClock.now();
    let before = |age| {
        let moment = now.checked_sub(age);
        moment.map_err(|_| JobFailure::Broken("the clock is before the first date".to_owned()))
    };
    let rules = GarbageRules {
        orphaned_before: before(GRACE_PERIOD)?,
        trashed_before: before(TRASH_PERIOD)?,
        max_share,
    };
    let round = clients.collect_garbage(&rules).await?;
    count(&round);
    if let Some(stopped) = round.stopped {
        tracing::error!(
            orphans = stopped.orphans,
            contents = stopped.contents,
            "garbage collection moved nothing: it would move more than --max-orphan-share of all files; find out why so \
             many have no document, then run client-service collect-garbage with a larger share"
        );
    }
    Ok(INTERVAL)
}

fn count(round: &GarbageRound) {
    counter!("kyc_contents_trashed_total").increment(round.trashed);
    counter!("kyc_contents_deleted_total").increment(round.deleted);
    counter!("kyc_contents_restored_total").increment(round.restored);
    gauge!("kyc_contents_collection_stopped").set(if round.stopped.is_some() { 1.0 } else { 0.0 });
}
