//! Workers that end anywhere: no row is lost, and none is done twice.

use std::time::Duration;

use adapter_inmem::Fault;
use client_wire::BatchWorker;
use serde_json::Value;
use tokio::time::timeout;

use super::{checked, clients, csv, standing, work};
use crate::bank::Bank;

/// Longer than any lease.
const AFTER_THE_LEASE: Duration = Duration::from_mins(3);

/// Two workers share the batch, and both end in the middle of their pieces, as soon as so many clients are there.
async fn kill_two_at(bank: &Bank, made: u64) {
    let workers = [3, 5].map(|rows| BatchWorker::new(bank.clients.clone(), rows));
    let mut rounds = Box::pin(async { tokio::join!(workers[0].round(), workers[1].round()) });
    while clients(bank).await < made {
        if timeout(Duration::from_millis(1), &mut rounds).await.is_ok() {
            return;
        }
    }
}

/// A confirmed batch of so many rows. Each commit takes a while, and runs to its end although its worker has ended.
async fn confirmed(bank: &Bank, rows: usize) -> Value {
    let batch = checked(bank, &csv(1..rows + 1, |_, person| person)).await;
    bank.checker("ConfirmBatchCommand", batch.clone()).await.data();
    bank.store.faults().commits(Fault::Slow(Duration::from_millis(1)));
    batch
}

fn executed(standing: &Value, name: &str) -> u64 {
    standing["executed"][name].as_u64().unwrap()
}

#[tokio::test]
async fn kills_anywhere_lose_and_double_nothing() {
    let mut found_done = 0;
    for made in [1, 7, 30, 55, 90, 130] {
        let bank = Bank::open().await;
        let batch = confirmed(&bank, 150).await;
        kill_two_at(&bank, made).await;
        bank.clock.advance(AFTER_THE_LEASE);
        bank.store.faults().clear();
        // A commit whose answer is lost is looked up under the key of its row.
        bank.store.faults().next_commit(Fault::TimedOutAfter);
        work(&bank).await;
        let standing = standing(&bank, &batch).await;
        assert_eq!(standing["state"], "finished", "{made}");
        assert_eq!(executed(&standing, "done") + executed(&standing, "alreadyDone"), 150, "{standing}");
        assert_eq!((executed(&standing, "refused"), clients(&bank).await), (0, 150), "{made}");
        found_done += executed(&standing, "alreadyDone");
    }
    assert!(found_done > 0, "no worker ended between a commit and its result, so nothing was tested");
}

#[tokio::test]
async fn rows_of_a_begun_piece_are_found_after_a_stop() {
    let bank = Bank::open().await;
    let batch = confirmed(&bank, 100).await;
    kill_two_at(&bank, 20).await;
    bank.maker("StopBatchCommand", batch.clone()).await.data();
    work(&bank).await;
    assert_eq!(standing(&bank, &batch).await["state"], "stopping", "the lease of the piece has not ended");
    tokio::time::sleep(Duration::from_millis(20)).await;
    bank.clock.advance(AFTER_THE_LEASE);
    work(&bank).await;
    let standing = standing(&bank, &batch).await;
    let made = clients(&bank).await;
    assert_eq!(standing["state"], "stopped");
    assert_eq!((executed(&standing, "alreadyDone"), executed(&standing, "notTried")), (made, 100 - made));
    assert!((20..100).contains(&made), "{made}");
}
