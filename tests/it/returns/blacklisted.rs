//! A client that was blacklisted when it exited does not come back unseen.

use client_app::{OnLookAlike, Policy};
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use super::{banks, comeback, contact, explained, refused, text};
use crate::bank::{Bank, With as _};

/// A client that exited while it was blacklisted, by customer number.
async fn barred(bank: &Bank) -> String {
    let number = bank.approved().await;
    let data = contact(&number).with(json!({ "reason": "Fraud." }));
    bank.checker("BlacklistCustomerCommand", data.clone()).await.data();
    bank.checker("ExitCustomerCommand", data).await.data();
    number
}

/// Its return lifts the blacklisting, so it takes that permission; and the approval names the former record.
#[tokio::test(flavor = "multi_thread")]
async fn its_return_takes_the_permission_to_lift_the_blacklisting() {
    let policy = Policy { look_alikes: OnLookAlike::Review, ..Policy::default() };
    let (_server, banks) = banks(policy).await;
    for bank in banks {
        let number = barred(&bank).await;
        let but_one: Permissions =
            Permission::ALL.into_iter().filter(|one| *one != Permission::Blacklist).collect();
        let clerk = Bank::token("clerk", but_one);
        let without = bank.command(&clerk, "ReturnCustomerCommand", comeback(&number), &[]).await;
        refused(&without, 403, "permission_missing");
        assert_eq!(without.details()["permission"], "customers.blacklist");
        let body = json!({ "queryName": "RetrieveContactActionsQuery", "data": contact(&number) });
        let told = bank.post("/api/bpm/qry", &clerk, &body, &[]).await.data();
        let entry = told["actions"].as_array().unwrap().iter().find(|entry| entry["action"] == "return");
        assert_eq!(
            entry.unwrap()["unmet"],
            json!([{ "code": "permission", "permission": "customers.blacklist" }])
        );

        assert_eq!(explained(&bank, &number).await["allowed"], true);
        let done = bank.maker("ReturnCustomerCommand", comeback(&number)).await.data();
        let name = text(&done, "contactEncodedKey");
        approved_after_review(&bank, name, &json!([done["formerContactEncodedKey"]])).await;
    }
}

/// The approval names the record also where no value is the same any more, and after a further exit.
#[tokio::test(flavor = "multi_thread")]
async fn its_record_is_reviewed_whatever_the_values_are_now() {
    let policy = Policy { look_alikes: OnLookAlike::Review, ..Policy::default() };
    let (_server, banks) = banks(policy).await;
    for bank in banks {
        let number = barred(&bank).await;
        let other = comeback(&number).with(json!({
            "firstName": "Ngozi", "lastName": "Bello", "dateOfBirth": "1991-02-03", "phoneNumber": "+2348090000077",
            "emailAddress": "ngozi@example.com", "identificationNumber": "Z7777777",
        }));
        let done = bank.maker("ReturnCustomerCommand", other).await.data();
        assert_eq!(done.get("warnings"), None);
        let former = json!([done["formerContactEncodedKey"]]);
        let name = text(&done, "contactEncodedKey");
        let listed = bank.query("RetrieveLookAlikesQuery", contact(name)).await.data()["lookAlikes"].clone();
        assert_eq!(listed.as_array().unwrap().len(), 1);
        assert_eq!(listed[0]["contactEncodedKey"], former[0]);
        assert_eq!((&listed[0]["isFormerRecord"], &listed[0]["resemblances"]), (&json!(true), &json!([])));
        let told = bank.query("RetrieveContactActionsQuery", contact(name)).await.data()["actions"].clone();
        let approve = told.as_array().unwrap().iter().find(|entry| entry["action"] == "approve").unwrap();
        let is_review = |unmet: &&Value| unmet["code"] == "look_alikes";
        let unmet = approve["unmet"].as_array().unwrap().iter().find(is_review).unwrap();
        assert_eq!(unmet["contacts"], former);
        approved_after_review(&bank, name, &former).await;

        let exit = contact(name).with(json!({ "reason": "Moved abroad." }));
        bank.checker("ExitCustomerCommand", exit).await.data();
        let again = bank.maker("ReturnCustomerCommand", comeback(name)).await.data();
        approved_after_review(&bank, text(&again, "contactEncodedKey"), &former).await;
    }
}

/// An approval without a review is refused and names these clients; with it the client is approved.
async fn approved_after_review(bank: &Bank, name: &str, to_review: &Value) {
    let unseen = bank.checker("ApproveCustomerCommand", contact(name)).await;
    refused(&unseen, 409, "look_alikes");
    assert_eq!(unseen.details()["unmet"][0]["contacts"], *to_review);
    let seen = contact(name).with(json!({ "reviewedLookAlikes": to_review }));
    bank.checker("ApproveCustomerCommand", seen).await.data();
}
