//! Batches: their rows are checked and executed, beside the requests of people.

use std::time::Duration;

use client_app::Clients;
use client_app::ports::StoreError;
use client_wire::BatchWorker;

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};

/// How long an instance without work waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How many pieces an instance works on at a time, so that the end of one does not leave it idle.
const PIECES: usize = 2;

/// Executes the rows of batches. Several instances share a batch by leases.
pub(crate) fn execute(supervisor: &Supervisor, clients: &Clients) {
    let Some(rules) = clients.batch_rules() else { return };
    let worker = BatchWorker::new(clients.clone(), rules.rows_at_once.div_ceil(PIECES));
    let clients = clients.clone();
    supervisor.start("batches", IDLE, AtStop::Cancel, move || round(clients.clone(), worker.clone()));
}

async fn round(clients: Clients, worker: BatchWorker) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    let (one, other) = tokio::join!(work(&worker), work(&worker));
    one.and(other).map_err(failed)?;
    Ok(IDLE)
}

/// Works until nothing is left.
async fn work(worker: &BatchWorker) -> Result<(), client_app::Error> {
    while worker.round().await? {
        // Requests of people go first.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// An outage passes; what was begun is taken again when its lease has ended.
fn failed(error: client_app::Error) -> JobFailure {
    match error {
        client_app::Error::Internal { .. } => JobFailure::Broken(error.to_string()),
        outage => StoreError::Unavailable(Some(outage.into())).into(),
    }
}
