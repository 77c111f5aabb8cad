//! The KYC policy can be read, and another policy evaluated before it applies.

use serde_json::{Value, json};

use super::fixtures::{Postgres, bill, demanding, passport};
use crate::bank::{Bank, Setup, applicant};

async fn tried(bank: &Bank) {
    let mut numbers = Vec::new();
    for n in 1..=4 {
        let data = bank.maker("CreateContactCommand", applicant(n)).await.data();
        numbers.push(data["customerNumber"].as_str().unwrap().to_owned());
    }
    // The first has a verified passport, the second a pending one, the third a verified bill, the fourth nothing.
    let passport_of_one = bank.submit(passport(&numbers[0])).await;
    bank.approve_document(&passport_of_one).await.data();
    bank.submit(passport(&numbers[1])).await;
    let bill_of_three = bank.submit(bill(&numbers[2])).await;
    bank.approve_document(&bill_of_three).await.data();

    let preview = async |required: Value, page: Value| {
        let mut data = json!({ "policy": { "version": "next", "required": required } });
        data.as_object_mut().unwrap().extend(page.as_object().unwrap().clone());
        bank.query("PreviewKycPolicyQuery", data).await.data()
    };
    let touched = |answer: &Value| -> Vec<String> {
        let touched = answer["touched"].as_array().unwrap().iter();
        touched.map(|one| one["customerNumber"].as_str().unwrap().to_owned()).collect()
    };
    // Nothing is required now, so every client without a verified passport is affected.
    let answer = preview(json!({ "Individual": ["International Passport"] }), json!({})).await;
    assert_eq!((touched(&answer), &answer["totalCount"]), (numbers[1..].to_vec(), &json!(3)));
    let third = &answer["touched"][1];
    assert_eq!((&third["kycStatus"], &third["kycStatusThen"]), (&json!("Verified"), &json!("Incomplete")));
    assert_eq!(third["missing"], json!([]));
    assert_eq!(third["missingThen"][0]["requirement"], "International Passport");
    let either =
        preview(json!({ "Individual": [["International Passport", "Utility Bill"]] }), json!({})).await;
    assert_eq!(touched(&either), [numbers[1].clone(), numbers[3].clone()]);
    let unaffected = preview(json!({ "Corporate": ["Certificate of Incorporation"] }), json!({})).await;
    assert_eq!(unaffected["totalCount"], 0);

    // Page by page.
    let first = preview(json!({ "Individual": ["Address"] }), json!({ "pageSize": 3 })).await;
    let rest = preview(
        json!({ "Individual": ["Address"] }),
        json!({ "pageSize": 3, "cursor": first["nextCursor"] }),
    )
    .await;
    assert_eq!([touched(&first), touched(&rest)].concat(), numbers);
    assert_eq!(rest["nextCursor"], Value::Null);

    // Rejected clients are not counted.
    let rejected = json!({ "contactEncodedKey": numbers[3], "rejectionReason": "Never came back." });
    bank.checker("RejectCustomerCommand", rejected).await.data();
    let answer = preview(json!({ "Individual": ["International Passport"] }), json!({})).await;
    assert_eq!(touched(&answer), numbers[1..3]);
}

#[tokio::test]
async fn stricter_policy_can_be_evaluated_in_memory() {
    tried(&Bank::open().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stricter_policy_can_be_evaluated_on_postgresql() {
    let postgres = Postgres::start().await;
    tried(&postgres.bank(client_domain::kyc::KycPolicy::default()).await).await;
}

#[tokio::test]
async fn shown_policy_can_be_parsed_again() {
    let bank = Bank::with(Setup { kyc_policy: demanding(), ..Setup::default() }).await;
    let shown = bank.query("RetrieveKycPolicyQuery", json!({})).await.data();
    assert_eq!(shown["version"], "2026-01");
    assert_eq!(shown["required"]["Individual"][0], json!(["National ID", "International Passport"]));
    assert_eq!(shown["numberMasks"]["International Passport"], json!(["${5,9}"]));
    let again = bank.query("PreviewKycPolicyQuery", json!({ "policy": shown })).await.data();
    assert_eq!((&again["policyVersion"], &again["totalCount"]), (&json!("2026-01"), &json!(0)));
    let wrong = json!({ "policy": { "required": { "Individual": ["Passport"] }, "x": 1 } });
    let mut fields: Vec<_> = bank.query("PreviewKycPolicyQuery", wrong).await.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["field"].as_str().unwrap().to_owned())
        .collect();
    fields.sort();
    assert_eq!(fields, ["policy.required.Individual[0]", "policy.version", "policy.x"]);
}
