//! The comparison of the clocks of the service and of the database.

use std::time::Duration;

use client_app::Clients;
use metrics::{Unit, describe_gauge, gauge};

use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};

const INTERVAL: Duration = Duration::from_mins(1);
const OFFSET: &str = "clock_offset_seconds";

/// Compares the clocks every minute.
pub(crate) fn compare(supervisor: &Supervisor, clients: &Clients) {
    describe_gauge!(OFFSET, Unit::Seconds, "How far the clock of the service is ahead of the database's.");
    let clients = clients.clone();
    supervisor.start("clock", Duration::ZERO, AtStop::Cancel, move || round(clients.clone()));
}

async fn round(clients: Clients) -> Round {
    is_right(&clients).await?;
    Ok(INTERVAL)
}

/// Compares the clocks now. A job may record or delete something because of the time only if this is true.
pub(super) async fn is_right(clients: &Clients) -> Result<bool, JobFailure> {
    let offset = clients.compare_clocks().await?;
    gauge!(OFFSET).set(offset.as_secs_f64());
    let is_right = clients.clock_is_right();
    if !is_right {
        tracing::warn!(seconds = offset.as_secs(), "the clocks of the service and of the database differ");
    }
    Ok(is_right)
}

/// How long a job rests that waits for the right clock.
pub(super) const RETRY_INTERVAL: Duration = INTERVAL;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use adapter_inmem::MemoryStore;
    use client_app::ports::Clock as _;
    use jiff::SignedDuration;

    use super::*;
    use crate::jobs::{expiry, garbage};
    use crate::system::{RandomKeys, SystemClock};

    #[tokio::test]
    async fn jobs_that_depend_on_the_time_wait_for_the_right_clock() {
        let store = MemoryStore::new();
        let clients = Clients::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(RandomKeys));
        for (offset, waits) in [(0, false), (55, false), (-55, false), (75, true), (-75, true), (4_000, true)]
        {
            store.faults().server_time(SystemClock.now() + SignedDuration::from_secs(offset));
            for round in [expiry::round(clients.clone()).await, garbage::round(clients.clone(), 5).await] {
                assert_eq!(round.unwrap() == RETRY_INTERVAL, waits, "{offset}");
            }
        }
    }
}
