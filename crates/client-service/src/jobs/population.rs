//! The metrics of the clients: how many there are in each state, and how long work has waited.

use std::sync::Arc;
use std::time::Duration;

use client_app::ports::{
    ClientStore, Clock as _, CountBounds, Counting, Group, Grouping, StoreError, WorkItems, WorkPage,
};
use client_domain::client::WorkKind;
use client_domain::search::Predicate;
use client_domain::{BankCalendar, ClientState};
use metrics::{Unit, describe_gauge, gauge};

use super::round::Round;
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;
use crate::wiring::storage::Storage;

/// Clients are counted rarely, because a count reads the index of the states: a part of a second for a million of them.
const COUNT_INTERVAL: Duration = Duration::from_mins(5);
/// How much a count reads at most.
const BOUNDS: CountBounds = CountBounds { entries: 2_000_000, rows: 1_000, branches: 1 };
/// The oldest item of a kind is one row of an index.
const QUEUE_INTERVAL: Duration = Duration::from_mins(1);

const CLIENTS: &str = "clients";
const COMPLETE: &str = "clients_counted_completely";
const OLDEST: &str = "work_queue_oldest_seconds";

/// Keeps the metrics of the clients up to date. A scrape reads what the last round has found.
pub(crate) fn measure(supervisor: &Supervisor, storage: &Storage, calendar: &BankCalendar) {
    describe_gauge!(CLIENTS, "Clients by state, at most five minutes old.");
    describe_gauge!(COMPLETE, "Whether all clients were counted; if not, a state has more than its number.");
    describe_gauge!(
        OLDEST,
        Unit::Seconds,
        "Age of the oldest item of the work queue by kind; 0 if none waits."
    );
    let (store, calendar) = (storage.clients(), calendar.clone());
    supervisor.start("client_counts", Duration::ZERO, AtStop::Cancel, move || {
        count(store.clone(), calendar.clone())
    });
    let items = storage.work_items();
    supervisor.start("work_queue_age", Duration::ZERO, AtStop::Cancel, move || oldest(items.clone()));
}

#[expect(clippy::cast_precision_loss, reason = "a bank has far fewer than 2^52 clients")]
async fn count(store: Arc<dyn ClientStore>, calendar: BankCalendar) -> Round {
    let counting = Counting {
        predicate: Predicate::every_client(),
        today: calendar.day_of(SystemClock.now()),
        by: Grouping::State,
        bounds: BOUNDS,
    };
    let counted = match store.count(&counting).await {
        Ok(counted) => counted,
        // More clients than a statement counts in its time: the numbers stay those of before, and no job has failed.
        Err(StoreError::TimedOut(_)) => {
            gauge!(COMPLETE).set(0.0);
            return Ok(COUNT_INTERVAL);
        }
        Err(error) => return Err(error.into()),
    };
    for state in ClientState::ALL {
        let clients = counted.groups.get(&Group::State(state)).copied().unwrap_or_default();
        gauge!(CLIENTS, "state" => state.name()).set(clients as f64);
    }
    gauge!(COMPLETE).set(f64::from(u8::from(counted.is_complete)));
    Ok(COUNT_INTERVAL)
}

async fn oldest(items: Arc<dyn WorkItems>) -> Round {
    for kind in WorkKind::ALL {
        let page = WorkPage { kind, branch: None, after: None, limit: 1 };
        let first = items.waiting(&page).await?.into_iter().next();
        let age = first.map_or(0.0, |item| SystemClock.now().duration_since(item.since).as_secs_f64());
        gauge!(OLDEST, "kind" => kind.name()).set(age.max(0.0));
    }
    Ok(QUEUE_INTERVAL)
}
