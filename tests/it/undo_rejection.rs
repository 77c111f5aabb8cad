//! A rejection and a lapse can be undone; the application is reviewed afresh, by a person who made nothing of it.

use client_domain::kyc::KycPolicy;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, adaeze};
use crate::kyc_documents::fixtures::Postgres;

/// Both stores, each with a bank of its own.
async fn banks() -> (Postgres, [Bank; 2]) {
    let postgres = Postgres::start().await;
    let durable = postgres.bank(KycPolicy::default()).await;
    (postgres, [Bank::open().await, durable])
}

async fn sent(bank: &Bank, who: &str, name: &str, data: Value) -> Answer {
    bank.command(&Bank::everything(who), name, data, &[]).await
}

fn undo(number: &str) -> Value {
    json!({ "contactEncodedKey": number, "reason": "The passport is genuine." })
}

/// A rejected client, by customer number.
async fn rejected(bank: &Bank) -> String {
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number, "rejectionReason": "Not genuine." });
    bank.checker("RejectCustomerCommand", data).await.data();
    number
}

/// What the actions query says of the undo.
async fn explained(bank: &Bank, number: &str) -> Value {
    let data = bank.query("RetrieveContactActionsQuery", json!({ "contactEncodedKey": number })).await.data();
    let actions = data["actions"].as_array().unwrap();
    actions.iter().find(|entry| entry["action"] == "undoReject").unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_rejection_is_reviewed_by_a_person_who_made_nothing_of_it() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = rejected(&bank).await;
        let entry = explained(&bank, &number).await;
        assert_eq!((&entry["allowed"], &entry["toState"]), (&json!(true), &json!("PendingApproval")));
        let token = Bank::everything("undoer");
        let keyed = [("Idempotency-Key", "undo")];
        let body =
            json!({ "commandName": "UndoRejectCustomerCommand", "data": undo(&number), "dryRun": true });
        assert_eq!(bank.post("/api/bpm/cmd", &token, &body, &[]).await.data()["dryRun"], true);
        let done = bank.command(&token, "UndoRejectCustomerCommand", undo(&number), &keyed).await.data();
        assert_eq!(
            (&done["clientState"], &done["clientStateDescription"]),
            (&json!(3), &json!("Pending Approval"))
        );
        let again = bank.command(&token, "UndoRejectCustomerCommand", undo(&number), &keyed).await.data();
        assert_eq!(again, done, "a repetition gets the first answer");
        let other = sent(&bank, "undoer", "UndoRejectCustomerCommand", undo(&number)).await;
        assert_eq!((other.status, other.codes()), (409, vec!["invalid_status".to_owned()]));

        let now = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
        assert_eq!((&now["clientState"], &now["approvalStatus"]), (&json!(3), &Value::Null));
        let lines = bank.history_of(&number).await;
        assert_eq!((lines.len(), &lines[0]["event"]), (3, &json!("ClientRejectionUndone")));
        assert_eq!(lines[0]["reason"], "The passport is genuine.");
        for (who, touched) in [("maker", "created"), ("undoer", "requested")] {
            let key = json!({ "contactEncodedKey": number });
            let refused = sent(&bank, who, "ApproveCustomerCommand", key).await;
            assert_eq!((refused.status, refused.codes()), (403, vec!["four_eyes".to_owned()]));
            assert_eq!(refused.details()["unmet"][0]["touched"], json!([touched]));
        }
        let approved = bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await;
        assert_eq!(approved.data()["approvalStatus"], "Approved");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_is_refused_while_another_client_has_the_values() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = rejected(&bank).await;
        let anew = bank.pending().await;
        let refused = bank.checker("UndoRejectCustomerCommand", undo(&number)).await;
        let expected = ["duplicate_identification", "duplicate_email"].map(str::to_owned);
        assert_eq!((refused.status, refused.codes()), (409, expected.to_vec()));
        assert_eq!(bank.history_of(&number).await.len(), 2, "nothing was written");

        // The explanation says so beforehand, as the refusal does.
        let entry = explained(&bank, &number).await;
        let unmet = entry["unmet"].as_array().unwrap();
        let codes: Vec<_> = unmet.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
        assert_eq!((&entry["allowed"], codes), (&json!(false), expected.to_vec()));
        for (one, error) in unmet.iter().zip(refused.body["errors"].as_array().unwrap()) {
            assert_eq!(
                (&one["message"], &one["contacts"]),
                (&error["message"], &error["details"]["contacts"])
            );
        }
        let shown =
            bank.query("RetrieveContactByIdQuery", json!({ "contactEncodedKey": number })).await.data();
        assert_eq!(shown["allowedActions"], json!(["view"]));

        let withdrawal = json!({ "contactEncodedKey": anew, "reason": "Applied twice." });
        bank.maker("WithdrawCustomerCommand", withdrawal).await.data();
        assert_eq!(explained(&bank, &number).await["allowed"], json!(true));
        bank.checker("UndoRejectCustomerCommand", undo(&number)).await.data();
        let twin = bank.maker("CreateContactCommand", adaeze()).await;
        assert_eq!(twin.codes(), expected, "the claims are taken again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_application_stays_ended() {
    let (_server, banks) = banks().await;
    for bank in banks {
        let number = bank.pending().await;
        let withdrawal = json!({ "contactEncodedKey": number, "reason": "Chose another bank." });
        bank.maker("WithdrawCustomerCommand", withdrawal).await.data();
        let entry = explained(&bank, &number).await;
        assert_eq!((&entry["allowed"], &entry["unmet"][0]["code"]), (&json!(false), &json!("withdrawn")));
        let refused = bank.checker("UndoRejectCustomerCommand", undo(&number)).await;
        assert_eq!((refused.status, refused.codes()), (409, vec!["invalid_status".to_owned()]));
        assert_eq!(refused.details()["unmet"], entry["unmet"]);
        assert_eq!(refused.details()["allowedActions"], json!(["view"]));
        let shown = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
        assert_eq!(shown["allowedActions"], json!(["view"]));
    }
}

/// A rejection, an undo and another rejection: each is undone as if it were the first.
#[tokio::test]
async fn a_second_rejection_can_be_undone_too() {
    let bank = Bank::open().await;
    let number = rejected(&bank).await;
    for _ in 0..3 {
        bank.checker("UndoRejectCustomerCommand", undo(&number)).await.data();
        let data = json!({ "contactEncodedKey": number, "rejectionReason": "Not genuine." });
        bank.checker("RejectCustomerCommand", data).await.data();
    }
    assert_eq!(bank.history_of(&number).await.len(), 8);
}
