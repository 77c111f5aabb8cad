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
        let unseen = bank.checker("ApproveCustomerCommand", contact(name)).await;
        refused(&unseen, 409, "look_alikes");
        let former: &Value = &unseen.details()["unmet"][0]["contacts"];
        assert_eq!(*former, json!([done["formerContactEncodedKey"]]));
        let seen = contact(name).with(json!({ "reviewedLookAlikes": former }));
        bank.checker("ApproveCustomerCommand", seen).await.data();
    }
}
