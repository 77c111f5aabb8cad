//! Two clients with the same paper, e-mail address or phone number.

use client_app::{OnDuplicate, Policy};
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, With as _, adaeze, applicant};
use crate::idempotency::join;

#[tokio::test]
async fn every_duplicate_is_named_and_the_other_client_is_not() {
    let bank = Bank::open().await;
    bank.pending().await;
    let twin = adaeze().with(json!({
        "emailAddress": "ADAEZE.OKAFOR@example.com",
        "identificationType": "international  passport".replace("  ", " "),
        "identificationNumber": "a-0123 4567",
    }));
    let answer = bank.maker("CreateContactCommand", twin).await;
    assert_eq!(answer.codes(), ["duplicate_identification", "duplicate_email"]);
    assert_eq!(answer.status, 409);
    let text = answer.body.to_string();
    assert!(!text.contains("CUST1000001") && !text.contains("0000000000"), "{text}");
}

#[tokio::test]
async fn whoever_was_rejected_or_has_left_may_apply_anew() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let reason = json!({ "contactEncodedKey": number, "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", reason).await.data();
    let number = bank.approved().await;
    assert_eq!(number, "CUST1000002");
    let reason = json!({ "contactEncodedKey": number, "reason": "Moved abroad." });
    bank.maker("ExitCustomerCommand", reason).await.data();
    assert_eq!(bank.pending().await, "CUST1000003");
}

#[tokio::test]
async fn an_update_gives_up_the_old_address_and_takes_the_new() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    bank.maker("CreateContactCommand", applicant(1)).await.data();
    let taken = json!({ "contactEncodedKey": number, "emailAddress": "applicant1@example.com" });
    assert_eq!(bank.maker("UpdateContactCommand", taken).await.codes(), ["duplicate_email"]);
    let own = json!({ "contactEncodedKey": number, "emailAddress": "Adaeze.Okafor@Example.com" });
    assert_eq!(
        bank.maker("UpdateContactCommand", own).await.data()["changedFields"],
        json!(["emailAddress"])
    );
    let free = json!({ "contactEncodedKey": number, "emailAddress": "ada@example.com" });
    bank.maker("UpdateContactCommand", free).await.data();
    let heir = applicant(2).with(json!({ "emailAddress": "adaeze.okafor@example.com" }));
    bank.maker("CreateContactCommand", heir).await.data();
}

#[tokio::test]
async fn a_bank_may_only_want_to_be_warned() {
    let policy = Policy { same_email: OnDuplicate::Warn, same_phone: OnDuplicate::Warn, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let alone = bank.maker("CreateContactCommand", adaeze()).await.data();
    assert_eq!(alone.get("warnings"), None);
    let twin = adaeze().with(json!({ "identificationNumber": "B7654321" }));
    let warned = bank.maker("CreateContactCommand", twin).await.data();
    let codes: Vec<_> =
        warned["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, [&json!("duplicate_email"), &json!("duplicate_phone")]);
}

#[tokio::test]
async fn a_phone_number_may_be_refused_too() {
    let policy = Policy { same_phone: OnDuplicate::Refuse, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    bank.pending().await;
    let housemate = applicant(1).with(json!({ "phoneNumber": "+2348031234567" }));
    assert_eq!(bank.maker("CreateContactCommand", housemate).await.codes(), ["duplicate_phone"]);
    let ordinary = Bank::open().await;
    ordinary.pending().await;
    let housemate = applicant(1).with(json!({ "phoneNumber": "+2348031234567" }));
    assert_eq!(ordinary.maker("CreateContactCommand", housemate).await.data().get("warnings"), None);
}

#[tokio::test]
async fn of_many_at_once_with_one_paper_one_becomes_a_client() {
    let bank = Bank::open().await;
    let calls = (0..50).map(|n| {
        let data = applicant(n).with(json!({ "identificationNumber": "SAME-1" }));
        bank.maker("CreateContactCommand", data)
    });
    let answers = join(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let refused: Vec<Value> =
        answers.into_iter().filter(|answer| answer.status != 200).map(|a| a.body).collect();
    assert!(refused.iter().all(|body| body["errors"][0]["code"] == "duplicate_identification"));
    let list = bank.query("RetrieveContactListQuery", json!({})).await.data();
    assert_eq!(list["totalCount"], 1);
}
