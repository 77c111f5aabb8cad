//! The garbage collection of files that no document names.

use std::time::Duration;

use client_app::ports::Clock as _;
use client_app::{Clients, GarbageRound, GarbageRules};
use jiff::SignedDuration;
use metrics::{counter, describe_counter, describe_gauge, gauge};

use super::supervisor::{AtStop, JobFailure, Round};
use super::{Supervisor, clock};
use crate::system::SystemClock;

/// When the first round is: a service that is deployed every few hours collects too.
const FIRST: Duration = Duration::from_mins(3);
const EVERY: Duration = Duration::from_hours(6);
/// How old an orphan must be: much older than any request that has stored it and has not committed yet.
const GRACE: SignedDuration = SignedDuration::from_hours(24);
/// How long a file stays in the trash.
const TRASH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Collects orphans; one round takes at most this share of all files, in percent.
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
    supervisor.start("content_collection", FIRST, AtStop::Cut, move || round(clients.clone(), max_share));
}

pub(super) async fn round(clients: Clients, max_share: u8) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::LOOK_AGAIN);
    }
    let now = SystemClock.now();
    let back = |age| {
        let before = now.checked_sub(age);
        before.map_err(|_| JobFailure::Broken("the clock is before the first date".to_owned()))
    };
    let rules = GarbageRules { orphaned_before: back(GRACE)?, trashed_before: back(TRASH)?, max_share };
    let round = clients.collect_garbage(&rules).await?;
    count(&round);
    if let Some(stopped) = round.stopped {
        tracing::error!(
            orphans = stopped.orphans,
            contents = stopped.contents,
            "garbage collection took nothing: it would take more than --max-orphan-share of all files; find out why so \
             many have no document, then run client-service collect-garbage with a greater share"
        );
    }
    Ok(EVERY)
}

fn count(round: &GarbageRound) {
    counter!("kyc_contents_trashed_total").increment(round.trashed);
    counter!("kyc_contents_deleted_total").increment(round.deleted);
    counter!("kyc_contents_restored_total").increment(round.restored);
    gauge!("kyc_contents_collection_stopped").set(if round.stopped.is_some() { 1.0 } else { 0.0 });
}
