//! How a request names an operation and a client.

use serde_json::json;

use crate::bank::{Bank, With as _, adaeze};

#[tokio::test]
async fn customer_number_is_accepted_instead_of_the_key() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let key = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data()["encodedKey"].clone();
    for (n, who) in [
        json!({ "contactEncodedKey": key }),
        json!({ "contactEncodedKey": number }),
        json!({ "contactEncodedKey": "cust1000001" }),
        json!({ "customerNumber": number }),
    ]
    .into_iter()
    .enumerate()
    {
        let data = who.with(json!({ "address": format!("{n} Broad Street") }));
        assert_eq!(bank.maker("UpdateContactCommand", data).await.data()["contactEncodedKey"], key);
    }
    let both = json!({ "contactEncodedKey": key, "customerNumber": number, "city": "Jos" });
    assert_eq!(bank.maker("UpdateContactCommand", both).await.codes(), ["exactly_one"]);
    assert_eq!(bank.maker("ApproveCustomerCommand", json!({})).await.codes(), ["required"]);
}

#[tokio::test]
async fn cmd_alias_is_accepted_and_two_names_are_rejected() {
    let bank = Bank::open().await;
    let token = Bank::everything("maker");
    let alias = json!({ "cmd": "CreateContactCommand", "data": adaeze() });
    bank.post("/api/bpm/cmd", &token, &alias, &[]).await.data();
    let both = json!({ "cmd": "X", "commandName": "X", "data": {} });
    assert_eq!(bank.post("/api/bpm/cmd", &token, &both, &[]).await.status, 400);
    let alias = json!({ "cmd": "RetrieveContactByIdQuery", "data": { "id": 1 } });
    bank.post("/api/bpm/qry", &token, &alias, &[]).await.data();
}

#[tokio::test]
async fn unknown_client_is_not_found() {
    let bank = Bank::open().await;
    let answer = bank.query("RetrieveContactByIdQuery", json!({ "id": 12345 })).await;
    assert_eq!(answer.body["message"], "Client with ID 12345 not found.");
    assert_eq!((answer.status, answer.codes()), (404, vec!["client_not_found".to_owned()]));
    let answer = bank.maker("ApproveCustomerCommand", json!({ "contactEncodedKey": "nobody" })).await;
    assert_eq!(answer.body["message"], "Customer not found");
    assert_eq!(answer.status, 404);
}
