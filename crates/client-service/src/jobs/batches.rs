//! Batches: their rows are checked and executed, beside the requests of people.

use std::time::Duration;

use client_app::Clients;
use client_app::batch::{BatchWork, RowCounts};
use client_app::ports::StoreError;
use client_wire::BatchWorker;
use metrics::{counter, describe_counter};

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};

/// How long an instance without work waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// Each works on one piece at a time, so that the end of one piece leaves no instance idle. Each rests, fails and is started
/// again by itself.
const JOBS: [&str; 4] = ["batches_1", "batches_2", "batches_3", "batches_4"];

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
    for (job, rows_at_once) in JOBS.into_iter().zip(shares(rules.rows_at_once)) {
        let worker = BatchWorker::new(clients.clone(), rows_at_once).reporting_to(count);
        let clients = clients.clone();
        supervisor.start(job, IDLE, AtStop::Cancel, move || round(clients.clone(), worker.clone()));
    }
}

/// How many rows each job executes at a time: together so many, and each at least one, so of few rows there are fewer jobs.
fn shares(rows_at_once: usize) -> impl Iterator<Item = usize> {
    let jobs = rows_at_once.clamp(1, JOBS.len());
    (0..jobs).map(move |job| (rows_at_once.max(1) + job) / jobs)
}

/// Works until nothing is left.
async fn round(clients: Clients, worker: BatchWorker) -> Round {
    if !clock::is_right(&clients).await? {
        return Ok(clock::RETRY_INTERVAL);
    }
    while worker.round().await.map_err(failed)? {
        // Requests of people go first.
        tokio::task::yield_now().await;
    }
    Ok(IDLE)
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

/// An outage passes; what was begun is taken again when its lease has ended.
pub(super) fn failed(error: client_app::Error) -> JobFailure {
    match error {
        client_app::Error::Internal { .. } => JobFailure::Broken(error.to_string()),
        outage => StoreError::Unavailable(Some(outage.into())).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use adapter_inmem::{Fault, MemoryStore};
    use client_app::Caller;
    use client_app::batch::{
        Batch, BatchForm, BatchFormat, BatchPiece, BatchRules, BatchState, SettledPiece,
    };
    use client_app::ports::{Batches as _, Clock as _, PieceRequest};
    use client_domain::{Actor, Permissions};
    use serde_json::json;
    use tokio::time::{sleep, timeout};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::system::{RandomKeys, SystemClock};

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn shares_add_up_to_the_setting() {
        for (rows_at_once, expected) in
            [(1, vec![1]), (3, vec![1; 3]), (4, vec![1; 4]), (6, vec![1, 1, 2, 2]), (32, vec![8; 4])]
        {
            assert_eq!(shares(rows_at_once).collect::<Vec<_>>(), expected);
        }
        for rows_at_once in 1..=512 {
            assert_eq!(shares(rows_at_once).sum::<usize>(), rows_at_once);
        }
    }

    fn request(batch: &Batch, work: BatchWork) -> PieceRequest {
        let now = SystemClock.now();
        // The lease ends at once, so the test leaves the piece free.
        PieceRequest { batch: batch.id.clone(), work, now, until: now }
    }

    /// A confirmed batch of the same person, with so many pieces of one creation each.
    async fn confirmed(store: &MemoryStore, n: u32, pieces: u32) -> Batch {
        let mut batch = store_conformance::fixtures::batches::batch(n.into(), "maker");
        batch.uploader = Caller::new(Actor::parse("maker").unwrap(), Permissions::all());
        batch.form = BatchForm { format: BatchFormat::NdJson, command: None, ..batch.form };
        store.announce_batch(&batch, 99).await.unwrap();
        for number in 0..pieces {
            let person = n * 100 + number;
            let row = json!({ "commandName": "CreateContactCommand", "data": {
                "firstName": format!("Applicant{person}"), "lastName": "Okafor",
                "emailAddress": format!("applicant{person}@example.com"),
                "phoneNumber": format!("+23480300{person:05}"), "dateOfBirth": "1991-04-23", "gender": "Female",
                "address": "12 Allen Avenue", "city": "Ikeja", "state": "Lagos", "country": "Nigeria",
                "identificationType": "International Passport", "identificationNumber": format!("B{person:07}"),
            } });
            let piece = BatchPiece {
                number,
                first_row: u64::from(number) + 1,
                rows: 1,
                content: format!("{row}\n").into_bytes(),
            };
            assert!(store.add_piece(&batch.id, "u-1", &piece).await.unwrap());
        }
        for state in [BatchState::Received, BatchState::Confirmed] {
            let read = batch.version;
            batch = Batch { state, version: read + 1, ..batch };
            assert!(store.replace_batch(&batch, read).await.unwrap());
            while let Some(taken) = store.take_piece(&request(&batch, BatchWork::Check)).await.unwrap() {
                let place = (taken.piece.number, taken.lease);
                let checked = SettledPiece::of(&[]);
                assert!(store.settle_piece(&batch.id, place, BatchWork::Check, &checked).await.unwrap());
            }
        }
        batch
    }

    #[tokio::test]
    async fn every_job_works_on_the_batch_after_a_long_tail() {
        let store = MemoryStore::new();
        let shared = Arc::new(store.clone());
        let clients = Clients::new(shared.clone(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_batches(shared, BatchRules::default());
        let (first, second) = (confirmed(&store, 1, 1).await, confirmed(&store, 2, 4).await);
        // One row keeps one job, and the others find nothing to do meanwhile. The rows after it do not end.
        store.faults().next_commit(Fault::Slow(Duration::from_millis(800)));
        store.faults().commits(Fault::Slow(HOUR));
        let stop = CancellationToken::new();
        let supervisor = Supervisor::new(stop.clone());
        execute(&supervisor, &clients);
        let state = async |batch: &Batch| store.find_batch(&batch.id).await.unwrap().unwrap().0.state;
        let all_taken = async {
            while state(&second).await != BatchState::Running {
                sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(state(&first).await, BatchState::Finished);
            while store.take_piece(&request(&second, BatchWork::Run)).await.unwrap().is_some() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(10), all_taken).await.expect("each of the four pieces is worked on");
        stop.cancel();
        assert_eq!(supervisor.finish(HOUR).await, 0);
    }
}
