//! The review of every look-alike before an approval.

use client_app::OnLookAlike;
use serde_json::{Value, json};

use super::{contact, create, in_state, key_of, setup, stranger};
use crate::bank::{Bank, With as _};
use crate::kyc_documents::fixtures::Postgres;

/// The blockers of the approval: of the explanation, of the dry run and of the command, which must agree.
pub(super) async fn approval(bank: &Bank, number: &str, reviewed: &[Value]) -> Vec<Value> {
    let data = contact(number).with(json!({ "reviewedLookAlikes": reviewed }));
    let dry_run = json!({ "commandName": "ApproveCustomerCommand", "data": data, "dryRun": true });
    let tried = bank.post("/api/bpm/cmd", &Bank::everything("checker"), &dry_run, &[]).await;
    let done = bank.checker("ApproveCustomerCommand", data).await;
    assert_eq!(tried.status, done.status);
    if done.status == 200 {
        return Vec::new();
    }
    assert_eq!((done.status, done.codes()), (409, vec!["look_alikes".to_owned()]));
    assert_eq!(tried.details()["unmet"], done.details()["unmet"]);
    assert!(!done.details()["allowedActions"].as_array().unwrap().contains(&json!("approve")));
    done.details()["unmet"][0]["contacts"].as_array().unwrap().clone()
}

pub(super) async fn explained(bank: &Bank, number: &str) -> Value {
    let body = json!({ "queryName": "RetrieveContactActionsQuery", "data": contact(number) });
    let data = bank.post("/api/bpm/qry", &Bank::everything("checker"), &body, &[]).await.data();
    let actions = data["actions"].as_array().unwrap();
    actions.iter().find(|one| one["action"] == "approve").unwrap().clone()
}

async fn approval_needs_the_review_of_every_look_alike(bank: Bank) {
    let first = in_state(&bank, stranger(1, json!({})), "PendingApproval").await;
    let phone = json!({ "phoneNumber": "+234 803 00 00001" });
    let (number, _) = create(&bank, stranger(2, phone.clone())).await;
    let first_key = key_of(&bank, &first).await;

    let told = explained(&bank, &number).await;
    assert_eq!((&told["allowed"], &told["unmet"][0]["contacts"]), (&json!(false), &json!([first_key])));
    let first_only = vec![first_key.clone()];
    assert_eq!(approval(&bank, &number, &[]).await, first_only);
    assert_eq!(approval(&bank, &number, &[json!("another")]).await, first_only);

    // Another look-alike appears after the checker has compared them.
    let (second, _) = create(&bank, stranger(3, phone)).await;
    let second_key = key_of(&bank, &second).await;
    assert_eq!(approval(&bank, &number, &first_only).await, vec![second_key.clone()]);
    assert_eq!(approval(&bank, &number, &[second_key, first_key]).await, Vec::<Value>::new());
    assert_eq!(explained(&bank, &number).await["allowed"], false, "approved already");

    // A client without look-alikes needs no review, and a look-alike does not stop a rejection.
    let (alone, _) = create(&bank, stranger(4, json!({}))).await;
    assert_eq!(explained(&bank, &alone).await["allowed"], true);
    assert_eq!(approval(&bank, &alone, &[]).await, Vec::<Value>::new());
    let reason = json!({ "rejectionReason": "The same person." });
    bank.checker("RejectCustomerCommand", contact(&second).with(reason)).await.data();
}

#[tokio::test]
async fn approval_needs_the_review_of_every_look_alike_in_memory() {
    approval_needs_the_review_of_every_look_alike(Bank::with(setup(OnLookAlike::Review)).await).await;
}

#[tokio::test]
async fn approval_needs_the_review_of_every_look_alike_on_postgresql() {
    let postgres = Postgres::start().await;
    approval_needs_the_review_of_every_look_alike(postgres.bank_with(setup(OnLookAlike::Review)).await).await;
}
