//! The answer to a caller, and the stored data, when the store fails in the middle of a command.

use std::time::Duration;

use adapter_inmem::Fault;
use serde_json::json;

use crate::bank::{Bank, adaeze};

const KEY: [(&str, &str); 1] = [("Idempotency-Key", "k-1")];

async fn total(bank: &Bank) -> i64 {
    bank.query("RetrieveContactListQuery", json!({})).await.data()["totalCount"].as_i64().unwrap()
}

async fn readyz(bank: &Bank) -> u16 {
    bank.http().get(bank.url("/readyz")).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn unavailable_store_returns_503_with_retry_after_and_recovers() {
    let bank = Bank::open().await;
    bank.store.faults().next_commit(Fault::Unavailable);
    let answer = bank.maker("CreateContactCommand", adaeze()).await;
    assert_eq!((answer.status, answer.codes()), (503, vec!["store_unavailable".to_owned()]));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(total(&bank).await, 0);
    bank.maker("CreateContactCommand", adaeze()).await.data();

    bank.store.faults().reads(Fault::Unavailable);
    let answer = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await;
    assert_eq!(answer.codes(), ["store_unavailable"]);
    bank.store.faults().readiness(Fault::Unavailable);
    assert_eq!(readyz(&bank).await, 503);
    bank.store.faults().clear();
    // An answer of /readyz is good for half a second.
    let healed = async {
        while readyz(&bank).await != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), healed).await.unwrap();
    // The command that failed used up the first number, and numbers have gaps.
    bank.query("RetrieveContactByIdQuery", json!({ "id": 2 })).await.data();
}

#[tokio::test]
async fn lost_commit_response_is_resolved_by_its_key() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    bank.store.faults().next_commit(Fault::TimedOutAfter);
    let answer = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(answer.data()["customerNumber"], "CUST1000001", "the outcome was looked up");
    assert_eq!(total(&bank).await, 1);
}

#[tokio::test]
async fn unknown_outcome_is_reported_and_resolved_by_its_key() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    for fault in [Fault::TimedOutBefore, Fault::TimedOutAfter] {
        bank.store.faults().next_commit(fault);
        let answer = bank.maker("CreateContactCommand", adaeze()).await;
        assert_eq!((answer.status, answer.codes()), (504, vec!["outcome_unknown".to_owned()]));
    }
    assert_eq!(total(&bank).await, 1, "without a key the outcome cannot be resolved");

    let bank = Bank::open().await;
    bank.store.faults().next_commit(Fault::TimedOutBefore);
    let unknown = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(unknown.codes(), ["outcome_unknown"]);
    let again = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(again.data()["contactEncodedKey"].as_str().map(str::len), Some(32));
    assert_eq!(total(&bank).await, 1);
}

#[tokio::test]
async fn version_conflict_makes_the_command_decide_again() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.store.faults().next_commit(Fault::Stale);
    bank.store.faults().next_commit(Fault::Stale);
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    assert_eq!(bank.history_of(&number).await.len(), 2);

    bank.store.faults().commits(Fault::Stale);
    let data = json!({ "contactEncodedKey": number, "city": "Abuja" });
    assert_eq!(bank.maker("UpdateContactCommand", data).await.codes(), ["stale_version"]);
    bank.store.faults().clear();
    assert_eq!(bank.history_of(&number).await.len(), 2);
}

/// A creation has read no version, and is tried again all the same: an answer of 500 would be a defect.
#[tokio::test]
async fn creation_that_meets_a_conflict_is_tried_again() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    bank.store.faults().next_commit(Fault::Stale);
    let answer = bank.maker("CreateContactCommand", adaeze()).await;
    assert_eq!(answer.data()["customerNumber"], "CUST1000001");
    assert_eq!(total(&bank).await, 1);

    bank.store.faults().commits(Fault::Stale);
    let answer = bank.command(&maker, "CreateContactCommand", crate::bank::applicant(1), &KEY).await;
    assert_eq!((answer.status, answer.codes()), (409, vec!["stale_version".to_owned()]));
    bank.store.faults().clear();
    assert_eq!(total(&bank).await, 1);
    bank.command(&maker, "CreateContactCommand", crate::bank::applicant(1), &KEY).await.data();
    assert_eq!(total(&bank).await, 2);
}

/// The other commands that have read no version: one that makes a client of a former one, and one that writes no client and
/// stores its outcome.
#[tokio::test]
async fn return_and_command_without_a_client_are_tried_again_after_a_conflict() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let exit = json!({ "contactEncodedKey": number, "reason": "Moved abroad." });
    bank.checker("ExitCustomerCommand", exit).await.data();
    let comeback = json!({ "contactEncodedKey": number, "reason": "Back from abroad." });
    bank.store.faults().commits(Fault::Stale);
    let answer = bank.maker("ReturnCustomerCommand", comeback.clone()).await;
    assert_eq!((answer.status, answer.codes()), (409, vec!["stale_version".to_owned()]));
    let maker = Bank::everything("maker");
    let view = json!({ "name": "Mine", "search": {} });
    let answer = bank.command(&maker, "SaveViewCommand", view.clone(), &KEY).await;
    assert_eq!(
        (answer.status, answer.codes()),
        (504, vec!["outcome_unknown".to_owned()]),
        "the view is saved"
    );
    bank.store.faults().clear();

    bank.store.faults().next_commit(Fault::Stale);
    bank.maker("ReturnCustomerCommand", comeback).await.data();
    bank.store.faults().next_commit(Fault::Stale);
    bank.command(&maker, "SaveViewCommand", view, &KEY).await.data();
}

#[tokio::test]
async fn slow_command_does_not_delay_others() {
    let bank = Bank::open().await;
    bank.store.faults().next_commit(Fault::Slow(Duration::from_millis(400)));
    let slow = bank.maker("CreateContactCommand", adaeze());
    let quick = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begun = tokio::time::Instant::now();
        bank.maker("CreateContactCommand", crate::bank::applicant(1)).await.data();
        begun.elapsed()
    };
    let (slow, quick) = tokio::join!(slow, quick);
    slow.data();
    assert!(quick < Duration::from_millis(300), "{quick:?}");
}

#[tokio::test]
async fn command_commits_after_its_caller_disconnected() {
    let bank = Bank::open().await;
    bank.store.faults().next_commit(Fault::Slow(Duration::from_millis(200)));
    let call = bank.maker("CreateContactCommand", adaeze());
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    for _ in 0..100 {
        if total(&bank).await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the command was cancelled with its caller");
}
