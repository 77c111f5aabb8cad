//! Normal forms that an earlier release has written are recomputed: before all others the texts that clients are found by.

use std::time::Duration;

use metrics::{counter, describe_counter};

use super::round::Round;
use super::supervisor::{AtStop, Supervisor};
use crate::wiring::storage::Storage;
use crate::wiring::storage::normal_forms::NormalForms;

/// The rest before the first round, so that a service that starts serves first.
const FIRST_REST: Duration = Duration::from_secs(10);
/// The rest after a round that left nothing out. A release that does not know the normal form may write meanwhile.
const INTERVAL: Duration = Duration::from_mins(30);
/// The rest after a round that left clients out because they were being written.
const SOON: Duration = Duration::from_secs(30);

/// Recomputes what is stale, now and then again.
pub(crate) fn recompute(supervisor: &Supervisor, storage: &Storage) {
    describe_counter!("client_normal_forms_recomputed_total", "Clients whose normal forms were recomputed.");
    counter!("client_normal_forms_recomputed_total").increment(0);
    let storage = storage.clone();
    supervisor.start("normal_forms", FIRST_REST, AtStop::Cancel, move || round(storage.clone()));
}

async fn round(storage: Storage) -> Round {
    let done = storage.recompute(|progress: &NormalForms| {
        counter!("client_normal_forms_recomputed_total").increment(progress.batch);
    });
    let done = done.await?;
    done.log();
    Ok(if done.left_out > 0 { SOON } else { INTERVAL })
}
