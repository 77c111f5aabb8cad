//! The bank's rules over the wire: permissions, four eyes, open accounts, settings.

use client_app::{OnUnanswered, Policy};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use crate::bank::{Bank, Setup, With as _, adaeze};

#[tokio::test]
async fn every_operation_requires_exactly_its_permission() {
    let bank = Bank::open().await;
    for spec in client_wire::OPERATIONS {
        let (path, name) = match spec.kind {
            client_wire::spec::OperationKind::Command => ("/api/bpm/cmd", "commandName"),
            client_wire::spec::OperationKind::Query => ("/api/bpm/qry", "queryName"),
        };
        let body = json!({ name: spec.name, "data": {} });
        // A token has at least one permission, whichever it is.
        let only = [spec.permission.unwrap_or(Permission::HistoryValues)].into_iter().collect();
        let let_in = bank.post(path, &Bank::token("clerk", only), &body, &[]).await;
        assert!(matches!(let_in.status, 200 | 400), "{} {}", spec.name, let_in.body);
        let Some(permission) = spec.permission else { continue };
        let all_but: Permissions = Permission::ALL.into_iter().filter(|one| *one != permission).collect();
        let denied = bank.post(path, &Bank::token("clerk", all_but), &body, &[]).await;
        assert_eq!(
            (denied.status, denied.codes()),
            (403, vec!["permission_missing".to_owned()]),
            "{}",
            spec.name
        );
        assert_eq!(denied.details()["permission"], permission.name());
    }
}

#[tokio::test]
async fn maker_and_requester_do_not_approve() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number });
    let by_maker = bank.maker("ApproveCustomerCommand", data.clone()).await;
    assert_eq!((by_maker.status, by_maker.codes()), (403, vec!["four_eyes".to_owned()]));
    assert_eq!(by_maker.body["message"], "Forbidden");
    bank.checker("RequestCustomerApprovalCommand", data.clone()).await.data();
    assert_eq!(bank.checker("ApproveCustomerCommand", data.clone()).await.codes(), ["four_eyes"]);
    let third = bank.command(&Bank::everything("third"), "ApproveCustomerCommand", data, &[]).await;
    assert_eq!(third.data()["approvedBy"], "third@example.com");
}

#[tokio::test]
async fn four_eyes_can_be_switched_off() {
    let policy = Policy { four_eyes: false, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    bank.maker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
}

#[tokio::test]
async fn approval_request_can_be_made_mandatory() {
    let policy = Policy { approval_needs_request: true, ..Policy::default() };
    let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number });
    let early = bank.checker("ApproveCustomerCommand", data.clone()).await;
    assert_eq!((early.status, &early.body["message"]), (409, &json!("Invalid status")));
    assert_eq!(early.details()["unmet"], json!([{ "code": "approval_not_requested" }]));
    bank.maker("RequestCustomerApprovalCommand", data.clone()).await.data();
    bank.checker("ApproveCustomerCommand", data).await.data();
}

#[tokio::test]
async fn open_accounts_block_the_exit() {
    let bank = Bank::open().await;
    let number = bank.approved().await;
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    let key = ClientKey::parse(found["encodedKey"].as_str().unwrap()).unwrap();
    bank.accounts.set(key.clone(), OpenAccounts::Count(2));
    let data = json!({ "contactEncodedKey": number, "reason": "Moved abroad." });
    let held = bank.maker("ExitCustomerCommand", data.clone()).await;
    assert_eq!(held.details()["unmet"], json!([{ "code": "open_accounts", "count": 2 }]));
    let actions =
        bank.query("RetrieveContactActionsQuery", json!({ "contactEncodedKey": number })).await.data();
    let exit = actions["actions"].as_array().unwrap().iter().find(|entry| entry["action"] == "exit").unwrap();
    assert_eq!(exit["unmet"], held.details()["unmet"]);
    bank.accounts.set(key, OpenAccounts::Count(0));
    bank.maker("ExitCustomerCommand", data).await.data();
}

#[tokio::test]
async fn an_exit_is_refused_or_let_pass_if_the_ledger_is_silent() {
    for (unanswered_accounts, is_allowed) in [(OnUnanswered::Refuse, false), (OnUnanswered::Allow, true)] {
        let policy = Policy { unanswered_accounts, ..Policy::default() };
        let bank = Bank::with(Setup { policy, ..Setup::default() }).await;
        let number = bank.approved().await;
        let by_id = json!({ "id": 1 });
        let found = bank.query("RetrieveContactByIdQuery", by_id.clone()).await.data();
        let key = ClientKey::parse(found["encodedKey"].as_str().unwrap()).unwrap();
        bank.accounts.set(key.clone(), OpenAccounts::Unanswered);

        let found = bank.query("RetrieveContactByIdQuery", by_id).await.data();
        let offered = found["allowedActions"].as_array().unwrap().contains(&json!("exit"));
        let key = json!({ "contactEncodedKey": number });
        let actions = bank.query("RetrieveContactActionsQuery", key.clone()).await.data();
        let exit = actions["actions"].as_array().unwrap().iter().find(|entry| entry["action"] == "exit");
        assert_eq!((offered, &exit.unwrap()["allowed"]), (is_allowed, &json!(is_allowed)));

        let data = key.with(json!({ "reason": "Moved abroad." }));
        let body = json!({ "commandName": "ExitCustomerCommand", "data": data, "dryRun": true });
        let dry = bank.post("/api/bpm/cmd", &Bank::everything("maker"), &body, &[]).await;
        assert_eq!(dry.status, if is_allowed { 200 } else { 503 });
        let exited = bank.maker("ExitCustomerCommand", data).await;
        if is_allowed {
            assert_eq!(exited.data()["clientStateDescription"], "Exited");
        } else {
            assert_eq!((exited.status, exited.codes()), (503, vec!["accounts_unavailable".to_owned()]));
            assert_eq!(exited.details()["unmet"], exit.unwrap()["unmet"]);
            assert!(exited.header("retry-after").is_some(), "nothing was written, and it may be tried again");
        }
    }
}

#[tokio::test]
async fn client_gets_the_makers_branch_by_default() {
    let bank = Bank::open().await;
    let mut data = adaeze();
    data["branchEncodedKey"] = json!("lekki-02");
    bank.maker("CreateContactCommand", data).await.data();
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    assert_eq!(found["branchEncodedKey"], "lekki-02");
}

#[tokio::test]
async fn update_keeps_clears_and_rejects_members() {
    let bank = Bank::open().await;
    let mut data = adaeze();
    data["middleName"] = json!("Ngozi");
    bank.maker("CreateContactCommand", data).await.data();
    let number = "CUST1000001";
    let emptied = json!({ "contactEncodedKey": number, "middleName": null });
    assert_eq!(
        bank.maker("UpdateContactCommand", emptied).await.data()["changedFields"],
        json!(["middleName"])
    );
    let mandatory =
        json!({ "contactEncodedKey": number, "lastName": null, "city": null, "country": "Atlantis" });
    let refused = bank.maker("UpdateContactCommand", mandatory).await;
    assert_eq!(refused.codes(), ["cannot_be_cleared", "cannot_be_cleared", "unknown_country"]);
    let nothing = bank.maker("UpdateContactCommand", json!({ "contactEncodedKey": number })).await;
    assert_eq!(nothing.codes(), ["nothing_to_update"]);
    let fixed = json!({ "contactEncodedKey": number, "dateOfBirth": "1990-01-01" });
    assert_eq!(
        bank.maker("UpdateContactCommand", fixed).await.codes(),
        ["unknown_member", "nothing_to_update"]
    );
}

#[tokio::test]
async fn invalid_command_writes_nothing() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let half = json!({ "contactEncodedKey": number, "city": "Abuja", "emailAddress": "not an address" });
    assert_eq!(bank.maker("UpdateContactCommand", half).await.status, 400);
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    assert_eq!((&found["city"], &found["version"]), (&json!("Ikeja"), &json!(1)));
    assert_eq!(found["middleName"], Value::Null);
}
