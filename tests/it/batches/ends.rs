//! Batches that expire, that are too many, and that were deleted.

use std::time::Duration;

use client_app::batch::BatchRules;
use client_app::ports::{Batches as _, Clock as _};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{announced, checked, csv, digest, standing, work};
use crate::bank::{Answer, Bank};

const MINUTE: Duration = Duration::from_mins(1);

/// The announcement of a file that was executed as a batch, which is deleted.
pub async fn deleted(bank: &Bank) -> Value {
    let file = csv(1..3, |_, person| person);
    let batch = checked(bank, &file).await;
    bank.checker("ConfirmBatchCommand", batch.clone()).await.data();
    work(bank).await;
    assert_eq!(standing(bank, &batch).await["state"], "finished");
    let later = bank.clock.now() + MINUTE;
    assert_eq!(bank.store.remove_batches(later, 9).await.unwrap(), 1);
    announced(&file)
}

/// The same as a dry run.
async fn tried(bank: &Bank, form: Value) -> Answer {
    let body = json!({ "commandName": "CreateBatchCommand", "data": form, "dryRun": true });
    bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await
}

async fn announce(bank: &Bank, n: usize) -> Answer {
    let form = json!({ "format": "ndjson", "contentSha256": digest(format!("file {n}")) });
    bank.maker("CreateBatchCommand", form).await
}

#[tokio::test]
async fn file_of_a_deleted_batch_is_not_executed_once_more() {
    let bank = Bank::open().await;
    let form = deleted(&bank).await;
    for refused in [tried(&bank, form.clone()).await, bank.maker("CreateBatchCommand", form.clone()).await] {
        assert_eq!((refused.status, refused.codes()), (409, vec!["batch_deleted".to_owned()]));
    }
    // On purpose it is.
    let token = Bank::everything("maker");
    let another = bank.command(&token, "CreateBatchCommand", form, &[("Idempotency-Key", "again")]).await;
    assert_eq!(another.data()["state"], "announced");
}

#[tokio::test]
async fn caller_has_a_bounded_number_of_batches_that_have_not_ended() {
    let bank = Bank::open().await;
    let first = announce(&bank, 0).await.data();
    for n in 1..10 {
        announce(&bank, n).await.data();
    }
    let form = |n| json!({ "format": "ndjson", "contentSha256": digest(format!("file {n}")) });
    for refused in [tried(&bank, form(10)).await, announce(&bank, 10).await] {
        assert_eq!((refused.status, refused.codes()), (429, vec!["too_many_batches".to_owned()]));
        assert_eq!(refused.details()["limit"], 10);
    }
    assert_eq!(tried(&bank, form(3)).await.data()["dryRun"], true);
    assert_eq!(announce(&bank, 3).await.status, 200, "it is there already");
    let of_another = json!({ "format": "ndjson", "contentSha256": digest("file 10") });
    assert_eq!(bank.checker("CreateBatchCommand", of_another).await.status, 200);
    bank.maker("StopBatchCommand", json!({ "batchId": first["batchId"] })).await.data();
    assert_eq!(announce(&bank, 10).await.status, 200);
}

#[tokio::test]
async fn batch_expires_some_time_after_its_last_action() {
    let bank = Bank::open().await;
    let rules = BatchRules { expires_after: SignedDuration::from_mins(30), ..BatchRules::default() };
    let clients = bank.clients.clone().with_batches(std::sync::Arc::new(bank.store.clone()), rules);
    let untouched = announce(&bank, 0).await.data();
    let moved = checked(&bank, &csv(1..3, |_, person| person)).await;
    bank.clock.advance(20 * MINUTE);
    bank.checker("ConfirmBatchCommand", moved.clone()).await.data();
    bank.maker("PauseBatchCommand", moved.clone()).await.data();
    bank.clock.advance(15 * MINUTE);
    assert_eq!(clients.expire_batches().await.unwrap(), 1);
    assert_eq!(standing(&bank, &untouched).await["state"], "stopped");
    assert_eq!(standing(&bank, &moved).await["state"], "paused");
    bank.clock.advance(16 * MINUTE);
    assert_eq!(clients.expire_batches().await.unwrap(), 1);
    work(&bank).await;
    let ended = standing(&bank, &moved).await;
    assert_eq!((&ended["state"], &ended["executed"]["done"]), (&json!("stopped"), &json!(0)));
    assert_eq!(clients.expire_batches().await.unwrap(), 0);
}
