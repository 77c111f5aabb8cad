//! The catalogue of reasons as a query.

use client_domain::reason::ReasonedOperation;
use serde_json::{Value, json};

use super::coded;
use crate::bank::{Bank, Setup, adaeze};
use crate::replies::check;

async fn listed(bank: &Bank) -> Value {
    let answer = bank.query("RetrieveReasonsQuery", json!({})).await;
    check("RetrieveReasonsQuery", &answer);
    answer.data()
}

/// It holds what the policy says, and offers for each operation what the explanation of a client offers.
#[tokio::test]
async fn every_operation_has_the_codes_of_the_policy() {
    let bank = Bank::with(Setup { kyc_policy: coded(), ..Setup::default() }).await;
    bank.maker("CreateContactCommand", adaeze()).await.data();
    let policy = bank.query("RetrieveKycPolicyQuery", json!({})).await.data();
    let key = json!({ "contactEncodedKey": "CUST1000001" });
    let explained = bank.query("RetrieveContactActionsQuery", key).await.data();
    let offered: Vec<_> = explained["actions"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|action| action["reasonCodes"].as_array().cloned().unwrap_or_default())
        .collect();

    let data = listed(&bank).await;
    assert_eq!(data["policyVersion"], "coded");
    let operations = data["operations"].as_array().unwrap();
    let names: Vec<_> = operations.iter().map(|one| one["operation"].as_str().unwrap()).collect();
    assert_eq!(names, ReasonedOperation::NAMES);
    for one in operations {
        let name = one["operation"].as_str().unwrap();
        assert_eq!(one["codeNeeded"], true);
        let codes = one["codes"].as_array().unwrap();
        let as_policy: Vec<_> = codes
            .iter()
            .map(|code| {
                json!({
                    "code": code["code"], "text": code["text"], "retired": code["retired"],
                    "final": code["outcome"] == "final",
                })
            })
            .collect();
        assert_eq!(json!(as_policy), policy["reasons"][name], "{name}");
        assert!(codes.iter().all(|code| code.get("outcome").is_some() == (name == "rejectDocument")));
        let accepted = codes.iter().filter(|code| code["retired"] == false).map(|code| &code["code"]);
        let offered = offered.iter().filter(|code| code["operation"] == name).map(|code| &code["code"]);
        assert!(accepted.eq(offered), "{name}");
    }
}

#[tokio::test]
async fn no_code_is_needed_without_a_catalogue() {
    let data = listed(&Bank::open().await).await;
    assert_eq!(data["policyVersion"], Value::Null);
    let operations = data["operations"].as_array().unwrap();
    assert_eq!(operations.len(), ReasonedOperation::ALL.len());
    assert!(operations.iter().all(|one| one["codeNeeded"] == false && one["codes"] == json!([])));
}
