//! `If-Match`: a change of what the caller has not seen is refused.

use serde_json::json;

use crate::bank::{Bank, adaeze};
use crate::idempotency::join;

#[tokio::test]
async fn stale_version_is_refused_with_the_changes_since() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let maker = Bank::everything("maker");
    let update = |field: &str, value: &str| json!({ "contactEncodedKey": number, field: value });
    let seen = [("If-Match", "\"1\"")];
    let first = bank.command(&maker, "UpdateContactCommand", update("city", "Abuja"), &seen).await;
    assert_eq!(first.header("etag"), Some("\"2\""));
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();

    let stale =
        bank.command(&maker, "UpdateContactCommand", update("address", "1 Broad Street"), &seen).await;
    assert_eq!((stale.status, stale.codes()), (409, vec!["stale_version".to_owned()]));
    assert_eq!(stale.details()["currentVersion"], 3);
    assert_eq!(stale.details()["changedFields"], json!(["approvalStatus", "city", "clientState"]));

    let current = [("If-Match", "\"3\"")];
    bank.command(&maker, "UpdateContactCommand", update("address", "1 Broad Street"), &current).await.data();
    let ahead =
        bank.command(&maker, "UpdateContactCommand", update("address", "2"), &[("If-Match", "\"99\"")]).await;
    assert_eq!(ahead.codes(), ["too_short"], "an invalid member is reported first");
    let ahead =
        bank.command(&maker, "UpdateContactCommand", update("city", "Jos"), &[("If-Match", "\"99\"")]).await;
    assert_eq!((ahead.codes()[0].as_str(), &ahead.details()["changedFields"]), ("stale_version", &json!([])));
}

#[tokio::test]
async fn stale_version_lists_changes_of_many_versions() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let update = |field: &str, value: String| json!({ "contactEncodedKey": number, field: value });
    bank.maker("UpdateContactCommand", update("city", "Abuja".to_owned())).await.data();
    for n in 0..1_100 {
        bank.maker("UpdateContactCommand", update("lastName", format!("Okafor{n}"))).await.data();
    }
    let seen = [("If-Match", "\"1\"")];
    let stale = bank
        .command(&Bank::everything("maker"), "UpdateContactCommand", update("state", "FCT".to_owned()), &seen)
        .await;
    assert_eq!(stale.details()["changedFields"], json!(["city", "lastName"]));
}

#[tokio::test]
async fn replay_takes_precedence_over_a_stale_version() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let headers = [("If-Match", "\"1\""), ("Idempotency-Key", "k")];
    let data = json!({ "contactEncodedKey": number, "city": "Abuja" });
    let first =
        bank.command(&Bank::everything("maker"), "UpdateContactCommand", data.clone(), &headers).await;
    let again = bank.command(&Bank::everything("maker"), "UpdateContactCommand", data, &headers).await;
    assert_eq!(again.body, first.body);
}

#[tokio::test]
async fn create_rejects_an_expected_version() {
    let bank = Bank::open().await;
    let answer = bank
        .command(&Bank::everything("maker"), "CreateContactCommand", adaeze(), &[("If-Match", "\"1\"")])
        .await;
    assert_eq!(answer.codes(), ["header_not_applicable"]);
}

#[tokio::test]
async fn concurrent_updates_of_one_version_commit_once() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let maker = Bank::everything("maker");
    let seen = [("If-Match", "\"1\"")];
    let calls = (0..50).map(|n| {
        let data = json!({ "contactEncodedKey": number, "address": format!("{n} Broad Street") });
        bank.command(&maker, "UpdateContactCommand", data, &seen)
    });
    let answers = join(calls).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(lost.codes(), ["stale_version"]);
    }
    assert_eq!(bank.history_of(&number).await.len(), 2);
}

#[tokio::test]
async fn concurrent_updates_without_a_version_are_serialized() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let maker = Bank::everything("maker");
    let calls = (0..50).map(|n| {
        let data = json!({ "contactEncodedKey": number, "address": format!("{n} Broad Street") });
        bank.command(&maker, "UpdateContactCommand", data, &[])
    });
    let answers = join(calls).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let history = bank.history_of(&number).await;
    assert_eq!(history.len(), done + 1, "each that was done left one line");
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.codes() == ["stale_version"]));
    assert!(done >= 40, "only {done} of 50 committed");
}

#[tokio::test]
async fn concurrent_approve_and_reject_commit_once() {
    for _ in 0..20 {
        let bank = Bank::open().await;
        let number = bank.pending().await;
        let checker = Bank::everything("checker");
        let calls = (0..20).map(|n| {
            let (name, data) = if n % 2 == 0 {
                ("ApproveCustomerCommand", json!({ "contactEncodedKey": number }))
            } else {
                ("RejectCustomerCommand", json!({ "contactEncodedKey": number, "rejectionReason": "No." }))
            };
            bank.command(&checker, name, data, &[])
        });
        let answers = join(calls).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(bank.history_of(&number).await.len(), 2);
    }
}
