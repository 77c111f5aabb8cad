//! Documents that a client is asked for.

use client_app::ports::Outbox;
use client_domain::kyc::KycPolicy;
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use super::fixtures::{Postgres, passport};
use crate::bank::{Bank, NOW, With as _, applicant};

const REQUEST: &str = "RequestIdentityDocumentsCommand";

/// A reviewer asks for two documents: answer, line of history and event name their types, and nothing else changes.
async fn ask(bank: &Bank, outbox: &dyn Outbox) {
    let number = bank.pending().await;
    let key = json!({ "contactEncodedKey": number });
    bank.maker("RequestCustomerApprovalCommand", key.clone()).await.data();
    let data = key.clone().with(json!({ "identityTypes": [5, 2], "notes": "Of this year." }));
    let checker = Bank::everything("checker");

    let body = json!({ "commandName": REQUEST, "data": data, "dryRun": true });
    let dry = bank.post("/api/bpm/cmd", &checker, &body, &[]).await.data();
    assert_eq!((&dry["identityTypes"], &dry["dryRun"]), (&json!([2, 5]), &json!(true)));
    let header = [("Idempotency-Key", "ask-1"), ("If-Match", "\"2\"")];
    let answer = bank.command(&checker, REQUEST, data.clone(), &header).await;
    assert_eq!(answer.body["message"], "Identity documents requested successfully.");
    let answer = answer.data();
    assert_eq!((&answer["identityTypes"], &answer["version"]), (&json!([2, 5]), &json!(3)));
    assert_eq!(
        (&answer["requestedBy"], &answer["requestDate"]),
        (&json!("checker@example.com"), &json!(NOW))
    );
    assert_eq!(bank.command(&checker, REQUEST, data.clone(), &header).await.data(), answer);
    let stale = bank.command(&checker, REQUEST, data, &[("If-Match", "\"2\"")]).await;
    assert_eq!(stale.codes(), ["stale_version"]);

    let lines = bank.history_of(&number).await;
    assert_eq!((lines.len(), &lines[0]["event"]), (3, &json!("KycDocumentsRequested")));
    assert_eq!(
        (&lines[0]["identityTypes"], &lines[0]["notes"], &lines[0]["changedFields"]),
        (&json!([2, 5]), &json!("Of this year."), &json!([]))
    );
    assert_eq!(lines[1]["identityTypes"], Value::Null);
    let activity =
        bank.query("RetrieveActivityQuery", json!({ "event": "KycDocumentsRequested" })).await.data();
    assert_eq!(activity["entries"][0]["identityTypes"], json!([2, 5]));

    // They are KYC information, as the documents themselves.
    let history = [Permission::Read, Permission::History].into_iter().collect::<Permissions>();
    let body = json!({ "queryName": "RetrieveContactHistoryQuery", "data": key });
    let shown = bank.post("/api/bpm/qry", &Bank::token("clerk", history), &body, &[]).await.data();
    assert_eq!(
        (&shown["entries"][0]["identityTypes"], &shown["entries"][0]["notes"]),
        (&Value::Null, &Value::Null)
    );

    let (now, later) = (NOW.parse().unwrap(), "2026-01-05T10:00:00Z".parse().unwrap());
    let taken = outbox.take(&client_app::ports::ReceiverName::DEFAULT, 100, now, later).await.unwrap();
    let data: Vec<_> = taken.iter().map(|taken| taken.event.to_cloud_event()["data"].clone()).collect();
    assert_eq!(data.last().unwrap()["identityTypes"], json!([2, 5]));
    assert_eq!(data[0].get("identityTypes"), None);

    stays_open_until_a_document_comes(bank, &number).await;
    // The request for approval is still open, and the person who asked may approve.
    let shown = bank.query("RetrieveContactByIdQuery", key.clone()).await.data();
    assert_eq!(shown["approvalStatus"], "Pending");
    bank.checker("ApproveCustomerCommand", key.clone()).await.data();
    let reason = key.clone().with(json!({ "reason": "as agreed" }));
    bank.checker("BlacklistCustomerCommand", reason).await.data();
    let late = bank.checker(REQUEST, key.with(json!({ "identityTypes": [5] }))).await;
    assert_eq!((late.status, &late.body["message"]), (409, &json!("Invalid status")));
    assert_eq!(late.details()["action"], "requestDocuments");
}

/// What is open is the same in both answers, however many lines of the history came since.
async fn stays_open_until_a_document_comes(bank: &Bank, number: &str) {
    let key = json!({ "contactEncodedKey": number });
    let open = async || {
        let summary = bank.query("GetCustomerKycInformationQuery", key.clone()).await.data();
        let view = bank
            .query("RetrieveClientViewQuery", key.clone().with(json!({ "historyLines": 1 })))
            .await
            .data();
        assert_eq!(summary["requestedDocuments"], view["kyc"]["requestedDocuments"]);
        summary["requestedDocuments"].clone()
    };
    let asked = |number: u8, name: &str| {
        json!({
            "identityType": number, "identityTypeDesc": name, "requestedBy": "checker@example.com", "requestDate": NOW,
            "notes": "Of this year.",
        })
    };
    let (document, bill) = (asked(2, "International Passport"), asked(5, "Utility Bill"));
    assert_eq!(open().await, json!([document, bill]));
    bank.submit(passport(number)).await;
    assert_eq!(open().await, json!([bill]));
    // A document that is there is asked for again.
    bank.checker(REQUEST, key.clone().with(json!({ "identityTypes": [2] }))).await.data();
    let mut again = document;
    again["notes"] = json!(null);
    assert_eq!(open().await, json!([again, bill]));
    bank.maker("RequestCustomerApprovalCommand", key.clone()).await.data();
}

/// The oldest request is behind more lines than are read at a time.
#[tokio::test]
async fn request_stays_open_however_much_is_requested_since() {
    let bank = Bank::open().await;
    let client = bank.maker("CreateContactCommand", applicant(1)).await.data();
    let key = json!({ "contactEncodedKey": client["contactEncodedKey"] });
    let ask = async |number: u8| {
        bank.checker(REQUEST, key.clone().with(json!({ "identityTypes": [number] }))).await.data();
    };
    let open = async || {
        let summary = bank.query("GetCustomerKycInformationQuery", key.clone()).await.data();
        let open = summary["requestedDocuments"].as_array().unwrap().clone();
        open.into_iter().map(|request| request["identityType"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    ask(4).await;
    for _ in 0..205 {
        ask(5).await;
    }
    assert_eq!(open().await, [4, 5]);
}

#[tokio::test]
async fn reviewer_asks_for_documents_in_memory() {
    let bank = Bank::open().await;
    ask(&bank, &bank.store).await;
}

#[tokio::test]
async fn reviewer_asks_for_documents_on_postgres() {
    let postgres = Postgres::start().await;
    let bank = postgres.bank(KycPolicy::default()).await;
    ask(&bank, &postgres.store).await;
}

#[tokio::test]
async fn requests_name_types_of_the_list_each_once() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    for (kinds, code, field) in [
        (Value::Null, "required", "identityTypes"),
        (json!([]), "out_of_range", "identityTypes"),
        (json!([5, 5]), "format", "identityTypes"),
        (json!([5, 9]), "choice", "identityTypes[1]"),
        (json!(["Utility Bill"]), "wrong_type", "identityTypes[0]"),
        (json!(5), "wrong_type", "identityTypes"),
        (json!([1, 2, 3, 4, 5, 6, 7, 8, 8]), "out_of_range", "identityTypes"),
    ] {
        let answer =
            bank.checker(REQUEST, json!({ "contactEncodedKey": number, "identityTypes": kinds })).await;
        assert_eq!((answer.status, answer.codes()), (400, vec![code.to_owned()]), "{kinds}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{kinds}");
    }
    let data = json!({ "contactEncodedKey": number, "identityTypes": [2] });
    let writes = [Permission::Read, Permission::KycWrite].into_iter().collect::<Permissions>();
    let refused = bank.command(&Bank::token("clerk", writes), REQUEST, data.clone(), &[]).await;
    assert_eq!((refused.status, refused.codes()), (403, vec!["permission_missing".to_owned()]));
    // A document that is there may be asked for again.
    bank.submit(passport(&number)).await;
    bank.checker(REQUEST, data).await.data();
}
