//! A client whose name has changed is found by its former name, and the answer says so.

use client_domain::client::TwoPersons;
use client_domain::kyc::KycPolicy;
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, applicant};
use crate::kyc_documents::fixtures::Postgres;

/// The customer numbers that a reader finds, and whether each is found by a former name only.
async fn found(bank: &Bank, data: Value) -> Vec<(String, bool)> {
    let reader = Bank::token("clerk", [Permission::Read].into_iter().collect());
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": data });
    let page = bank.post("/api/bpm/qry", &reader, &body, &[]).await.data();
    let shown = |one: &Value| {
        let number = one["customerNumber"].as_str().unwrap().to_owned();
        (number, one["foundByFormerName"].as_bool().unwrap())
    };
    page["contacts"].as_array().unwrap().iter().map(shown).collect()
}

fn by_filter(operator: &str, value: &str) -> Value {
    json!({ "filters": [{ "propertyName": "formerName", "operator": operator, "value": value }] })
}

async fn married(bank: &Bank) {
    let one = bank.maker("CreateContactCommand", applicant(1)).await.data()["customerNumber"].clone();
    let one = one.as_str().unwrap().to_owned();
    let former = applicant(1)["lastName"].as_str().unwrap().to_owned();
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": one })).await.data();
    let change = json!({ "contactEncodedKey": one, "lastName": "Müller-O’Brien" });
    let proposed = bank.maker("UpdateContactCommand", change).await.data();
    let as_before = found(bank, json!({ "searchTerm": former })).await;
    assert_eq!(as_before, [(one.clone(), false)], "a proposed name ends none");
    bank.checker("ApproveAmendmentCommand", json!({ "amendmentId": proposed["amendmentId"] })).await.data();

    for term in [&*former, &former.to_uppercase(), &format!("{former}, mueller")] {
        assert_eq!(found(bank, json!({ "searchTerm": term })).await, [(one.clone(), true)], "{term}");
    }
    assert_eq!(found(bank, json!({ "searchTerm": "Mueller O'Brien" })).await, [(one.clone(), false)]);
    assert_eq!(found(bank, json!({})).await, [(one.clone(), false)]);
    assert_eq!(found(bank, by_filter("Contains", &former)).await, [(one.clone(), true)]);
    let first = applicant(1)["firstName"].as_str().unwrap().to_owned();
    assert_eq!(found(bank, by_filter("Equals", &format!("{former} {first}"))).await, [(one.clone(), true)]);
    assert_eq!(found(bank, by_filter("Contains", "Müller")).await, []);
    assert_eq!(found(bank, by_filter("NotContains", "Müller")).await, [(one.clone(), false)]);
    let last = json!({ "propertyName": "lastName", "operator": "Equals", "value": former });
    assert_eq!(found(bank, json!({ "filters": [last] })).await, []);

    // The answer names no former name: its values are part of the history.
    let body = json!({ "queryName": "RetrieveContactListQuery", "data": { "searchTerm": former } });
    let everything = Bank::token("clerk", Permissions::all());
    let page = bank.post("/api/bpm/qry", &everything, &body, &[]).await;
    assert!(!page.body["data"]["contacts"].to_string().contains(&former), "{}", page.body);
}

fn waiting() -> KycPolicy {
    KycPolicy { two_persons: TwoPersons::everywhere(), ..KycPolicy::default() }
}

#[tokio::test]
async fn former_name_finds_the_client_in_memory() {
    married(&Bank::with(Setup { kyc_policy: waiting(), ..Setup::default() }).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn former_name_finds_the_client_on_postgresql() {
    let postgres = Postgres::start().await;
    married(&postgres.bank(waiting()).await).await;
}
