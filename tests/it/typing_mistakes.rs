//! Typing mistakes, and the corrections that the answers suggest.

use serde_json::{Value, json};

use crate::bank::{Answer, Bank, With as _, adaeze};
use crate::kyc_documents::fixtures::passport;

fn item<'a>(answer: &'a Answer, field: &str) -> &'a Value {
    let items = answer.body["errors"].as_array().unwrap();
    items.iter().find(|item| item["field"] == field).unwrap_or_else(|| panic!("{field}: {}", answer.body))
}

#[tokio::test]
async fn misspelt_member_gets_a_suggestion() {
    let bank = Bank::open().await;
    let data = adaeze().with(json!({ "lastName": null, "lastname": "Okafor", "shoeSize": 44 }));
    let answer = bank.maker("CreateContactCommand", data).await;
    let near = item(&answer, "lastname");
    assert_eq!(near["message"], "The operation has no such member. Did you mean lastName?");
    assert_eq!(near["details"]["nearest"], "lastName");
    let far = item(&answer, "shoeSize");
    assert_eq!(
        (&far["message"], &far["details"]["nearest"]),
        (&json!("The operation has no such member."), &Value::Null)
    );
    assert!(far["details"]["choices"].as_array().unwrap().contains(&json!("firstName")));

    let many: serde_json::Map<_, _> = (0..1_000).map(|n| (format!("member{n}"), json!(n))).collect();
    let answer = bank.maker("CreateContactCommand", many.into()).await;
    let hinted =
        answer.body["errors"].as_array().unwrap().iter().filter(|item| !item["details"]["choices"].is_null());
    assert_eq!(hinted.count(), 10);
}

#[tokio::test]
async fn misspelt_operation_gets_a_suggestion() {
    let bank = Bank::open().await;
    let answer = bank.maker("CreateContactComand", adaeze()).await;
    assert_eq!(
        answer.body["errors"][0]["message"],
        "There is no command with this name. Did you mean CreateContactCommand?"
    );
    let answer = bank.query("Everything", json!({})).await;
    assert!(answer.details()["choices"].as_array().unwrap().contains(&json!("RetrieveContactListQuery")));
}

#[tokio::test]
async fn document_type_errors_share_one_message() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let ask = async |kind: Value| {
        let answer = bank
            .maker("CreateIdentityDocumentCommand", passport(&number).with(json!({ "identityType": kind })))
            .await;
        (answer.codes(), item(&answer, "identityType")["message"].clone())
    };
    let (unknown, by_number) = ask(json!(9)).await;
    let (wrong, by_name) = ask(json!("National ID")).await;
    assert_eq!((unknown, wrong), (vec!["choice".to_owned()], vec!["wrong_type".to_owned()]));
    assert_eq!(by_number, by_name);
    let message = by_name.as_str().unwrap();
    assert!(
        message.starts_with("must be the number of a document type: 1 National ID, 2 International Passport"),
        "{message}"
    );
}

#[tokio::test]
async fn shown_date_of_birth_is_accepted_in_a_command_and_a_filter() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let shown = bank.query("RetrieveContactByIdQuery", json!({ "customerNumber": number })).await.data();
    let born = &shown["dateOfBirth"];
    let twin = crate::bank::applicant(1).with(json!({ "dateOfBirth": born }));
    bank.maker("CreateContactCommand", twin).await.data();
    let filters = json!([{ "propertyName": "dateOfBirth", "operator": "On", "value": born }]);
    let found = bank.query("RetrieveContactListQuery", json!({ "filters": filters })).await.data();
    assert_eq!(found["totalCount"], 2);
}

#[tokio::test]
async fn too_large_number_is_reported_by_its_digits() {
    let bank = Bank::open().await;
    let body = r#"{"queryName":"RetrieveContactByIdQuery","data":{"id":9223372036854775808}}"#;
    let request = bank.http().post(bank.url("/api/bpm/qry")).bearer_auth(Bank::everything("reader"));
    let answer = Answer::of(request.header("content-type", "application/json").body(body)).await;
    let message = answer.body["errors"][0]["message"].as_str().unwrap();
    assert_eq!((answer.status, message), (400, "must be a whole number of at most 18 digits"));
}

#[tokio::test]
async fn wrong_policy_name_is_reported_with_path_and_choices() {
    let bank = Bank::open().await;
    let policy = json!({ "version": "1", "numberMasks": { "Paspoort": ["#"] }, "required": { "Trust": [] } });
    let answer = bank.query("PreviewKycPolicyQuery", json!({ "policy": policy })).await;
    for (field, choice) in
        [("policy.numberMasks.Paspoort", "International Passport"), ("policy.required.Trust", "Individual")]
    {
        let item = item(&answer, field);
        assert_eq!(item["code"], "choice", "{item}");
        assert!(item["details"]["choices"].as_array().unwrap().contains(&json!(choice)), "{item}");
        assert!(item["message"].as_str().unwrap().contains(choice), "{item}");
    }
    assert_eq!(answer.codes().len(), 2, "{}", answer.body);
}

/// The ledger may be in another time zone, so that it is tomorrow there already.
#[tokio::test]
async fn transaction_date_must_have_begun_in_some_time_zone() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let ask = async |day: &str| {
        let data = json!({
            "contactEncodedKey": number, "transactionReference": format!("TX-{day}"), "transactionDate": day,
        });
        bank.command(&Bank::everything("ledger"), "RecordCustomerTransactionCommand", data, &[]).await
    };
    for (day, code) in [("9999-12-31", "in_future"), ("2026-01-07", "in_future"), ("1899-12-31", "too_early")]
    {
        let refused = ask(day).await;
        assert_eq!((refused.status, refused.codes()), (400, vec![code.to_owned()]), "{day}");
        assert_eq!(refused.body["errors"][0]["field"], "transactionDate", "{day}");
    }
    for day in ["1900-01-01", "2026-01-05", "2026-01-06"] {
        ask(day).await.data();
    }
}

#[tokio::test]
async fn all_wrong_fields_are_reported_together() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let days = json!({ "issueDate": "2027-01-01", "expiryDate": "2026-12-31" });
    let answer = bank.maker("CreateIdentityDocumentCommand", passport(&number).with(days)).await;
    let dates = ["issueDate", "expiryDate"].map(|field| item(&answer, field)["code"].clone());
    assert_eq!(dates, ["in_future", "end_before_start"]);

    let page = json!({ "pageSize": 0, "cursor": "x" });
    for (name, data) in [
        ("RetrieveContactListQuery", json!({})),
        ("RetrieveContactHistoryQuery", json!({ "contactEncodedKey": number })),
        ("PreviewKycPolicyQuery", json!({ "policy": { "version": "1" } })),
        ("PreviewKycPolicyQuery", json!({ "policy": { "version": 1 } })),
    ] {
        let answer = bank.query(name, data.with(page.clone())).await;
        let codes = ["pageSize", "cursor"].map(|field| item(&answer, field)["code"].clone());
        assert_eq!(codes, ["out_of_range", "cursor_invalid"], "{name}");
    }

    let pair = json!({ "propertyName": "dateCreated", "operator": "Between", "value": ["2026-01-01"] });
    let answer = bank.query("RetrieveContactListQuery", json!({ "filters": [pair] })).await;
    assert_eq!(item(&answer, "filters[0].value")["message"], "must have exactly 2 items");
}
