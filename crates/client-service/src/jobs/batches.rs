//! Batches: their rows are checked and executed, beside the requests of people.

use std::time::Duration;

use client_app::Clients;
use client_app::batch::{BatchWork, RowCounts};
use client_app::ports::StoreError;
use client_wire::BatchWorker;
use metrics::{counter, describe_counter};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};

/// How long an instance without work waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How many pieces an instance works on at a time, each on a task of its own, so that the end of one does not leave it idle.
const PIECES: usize = 4;

/// Executes the rows of batches. Several instances share a batch by leases.
pub(crate) fn execute(supervisor: &Supervisor, clients: &Clients) {
    let Some(rules) = clients.batch_rules() else { return };
    describe_counter!(
        "batch_rows_total",
        "Rows of batches that this process has checked, executed, or looked for after a stop, by what became of them."
    );
    for work in [BatchWork::Check, BatchWork::Run, BatchWork::Recover] {
        count(work, RowCounts::default());
    }
    let worker = BatchWorker::new(clients.clone(), rules.rows_at_once.div_ceil(PIECES)).reporting_to(count);
    let clients = clients.clone();
    supervisor.start("batches", IDLE, AtStop::Cancel, move || round(clients.clone(), worker.clone()));
}

async fn round(clients: Clients, worker: BatchWorker) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    // They end with the round, whatever ends it.
    let mut workers = JoinSet::new();
    for _ in 0..PIECES {
        workers.spawn(work(worker.clone()).in_current_span());
    }
    let mut ended = Ok(IDLE);
    while let Some(one) = workers.join_next().await {
        match one {
            Ok(Ok(())) => {}
            Ok(Err(error)) => ended = Err(failed(error)),
            Err(panic) => ended = Err(JobFailure::Broken(format!("a worker of batches: {panic}"))),
        }
    }
    ended
}

/// Counts the rows of a piece.
fn count(work: BatchWork, counts: RowCounts) {
    let work = match work {
        BatchWork::Check => "check",
        BatchWork::Run => "run",
        BatchWork::Recover => "recover",
    };
    for (outcome, rows) in [
        ("done", counts.done),
        ("already_done", counts.already_done),
        ("refused", counts.refused),
        ("not_tried", counts.not_tried),
    ] {
        counter!("batch_rows_total", "work" => work, "outcome" => outcome).increment(rows);
    }
}

/// Works until nothing is left.
async fn work(worker: BatchWorker) -> Result<(), client_app::Error> {
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
