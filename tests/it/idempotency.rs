//! A repeated key replays the first outcome and does nothing.

use client_domain::Permissions;
use client_domain::kyc::KycPolicy;
use serde_json::{Value, json};

use crate::bank::{Bank, With as _, adaeze, applicant};
use crate::kyc_documents::fixtures::{Postgres, passport};

const KEY: [(&str, &str); 1] = [("Idempotency-Key", "9f1c-1")];

#[tokio::test]
async fn repeated_command_replays_the_first_outcome() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let first = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(again.data(), first.data());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("etag"), first.header("etag"));
    let list = bank.query("RetrieveContactListQuery", json!({})).await.data();
    assert_eq!(list["totalCount"], 1);
}

#[tokio::test]
async fn repeated_transition_is_replayed() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number });
    let checker = Bank::everything("checker");
    let first = bank.command(&checker, "ApproveCustomerCommand", data.clone(), &KEY).await;
    bank.clock.advance(std::time::Duration::from_mins(1));
    let again = bank.command(&checker, "ApproveCustomerCommand", data, &KEY).await;
    assert_eq!(again.body, first.body);
    assert_eq!(bank.history_of(&number).await.len(), 2);
}

#[tokio::test]
async fn fingerprint_ignores_member_order_and_notices_values() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let number = bank.pending().await;
    let send = |text: String| {
        let request = bank.http().post(bank.url("/api/bpm/cmd")).bearer_auth(&maker);
        let request =
            request.header("content-type", "application/json").header(KEY[0].0, KEY[0].1).body(text);
        crate::bank::Answer::of(request)
    };
    let one = format!(
        r#"{{"commandName":"UpdateContactCommand","data":{{"contactEncodedKey":"{number}","city":"Abuja"}}}}"#
    );
    let same = format!(
        r#"{{"data":{{ "city":"Abuja", "contactEncodedKey":"{number}" }},"commandName":"UpdateContactCommand"}}"#
    );
    let other = one.replace("Abuja", "Jos");
    let first = send(one).await;
    assert_eq!(send(same).await.data(), first.data());
    let reused = send(other).await;
    assert_eq!((reused.status, reused.codes()), (409, vec!["idempotency_key_reused".to_owned()]));
}

#[tokio::test]
async fn idempotency_key_is_scoped_to_actor_and_command() {
    let bank = Bank::open().await;
    let (maker, other) = (Bank::everything("maker"), Bank::everything("other"));
    bank.command(&maker, "CreateContactCommand", applicant(1), &KEY).await.data();
    let second = bank.command(&other, "CreateContactCommand", applicant(2), &KEY).await;
    assert_eq!(second.data()["id"], 2);
    let asked = json!({ "contactEncodedKey": "CUST1000001" });
    bank.command(&maker, "RequestCustomerApprovalCommand", asked, &KEY).await.data();
}

#[tokio::test]
async fn refused_command_releases_its_key() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let number = bank.pending().await;
    let twin = applicant(1).with(json!({ "emailAddress": "adaeze.okafor@example.com" }));
    assert_eq!(bank.command(&maker, "CreateContactCommand", twin, &KEY).await.codes(), ["duplicate_email"]);
    bank.command(&maker, "CreateContactCommand", applicant(1), &KEY).await.data();

    // A refusal is decided again each time: the approval in between counts.
    let transaction = json!({ "contactEncodedKey": number, "transactionReference": "TX-1" });
    let early = bank.command(&maker, "RecordCustomerTransactionCommand", transaction.clone(), &KEY).await;
    assert_eq!(early.codes(), ["invalid_status"]);
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": number })).await.data();
    let later = bank.command(&maker, "RecordCustomerTransactionCommand", transaction, &KEY).await;
    assert_eq!(later.data()["activated"], true);
}

#[tokio::test]
async fn unchanged_outcome_is_replayed_too() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let number = bank.pending().await;
    let same = json!({ "contactEncodedKey": number, "city": "Ikeja" });
    let first = bank.command(&maker, "UpdateContactCommand", same.clone(), &KEY).await;
    assert_eq!((&first.data()["changedFields"], &first.data()["version"]), (&json!([]), &json!(1)));
    let elsewhere = json!({ "contactEncodedKey": number, "city": "Abuja" });
    bank.maker("UpdateContactCommand", elsewhere).await.data();
    let again = bank.command(&maker, "UpdateContactCommand", same, &KEY).await;
    assert_eq!(again.body, first.body);
}

#[tokio::test]
async fn caller_without_the_permission_gets_no_replay() {
    let bank = Bank::open().await;
    bank.command(&Bank::everything("maker"), "CreateContactCommand", adaeze(), &KEY).await.data();
    let nothing = Bank::token("maker", Permissions::default());
    let answer = bank.command(&nothing, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(answer.codes(), ["permission_missing"]);
}

#[tokio::test]
async fn concurrent_requests_with_one_key_commit_once() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let calls = (0..100).map(|_| bank.command(&maker, "CreateContactCommand", adaeze(), &KEY));
    let answers = join(calls).await;
    let first: Vec<_> =
        answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).collect();
    assert_eq!(first.len(), 1);
    assert!(answers.iter().all(|answer| answer.data() == first[0].data()));
    assert_eq!(bank.history_of("CUST1000001").await.len().min(1), 1);
    let list = bank.query("RetrieveContactListQuery", json!({})).await.data();
    assert_eq!(list["totalCount"], 1);
}

/// Runs all of them concurrently and waits for them.
pub async fn join<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut all: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in all.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        if all.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    all.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn dry_run_with_a_used_key_is_not_replayed() {
    let bank = Bank::open().await;
    let (maker, number) = (Bank::everything("maker"), bank.pending().await);
    let moved = json!({ "contactEncodedKey": number, "city": "Abuja" });
    let done = bank.command(&maker, "UpdateContactCommand", moved.clone(), &KEY).await;
    assert_eq!(done.data()["changedFields"], json!(["city"]));

    let dry = |data: &Value| json!({ "commandName": "UpdateContactCommand", "data": data, "dryRun": true });
    let tried = bank.post("/api/bpm/cmd", &maker, &dry(&moved), &KEY).await;
    assert_eq!(tried.data()["dryRun"], true);
    assert_eq!(tried.data()["changedFields"], json!([]), "it is checked against what is there now");
    assert_eq!((tried.header("idempotency-replayed"), tried.header("etag")), (None, None));
    let other = json!({ "contactEncodedKey": number, "city": "Kano" });
    assert_eq!(
        bank.post("/api/bpm/cmd", &maker, &dry(&other), &KEY).await.codes(),
        ["idempotency_key_reused"]
    );

    let again = bank.command(&maker, "UpdateContactCommand", moved, &KEY).await;
    assert_eq!((again.data(), again.header("idempotency-replayed")), (done.data(), Some("true")));
}

#[tokio::test]
async fn dry_run_writes_nothing_and_keeps_the_key_free() {
    let bank = Bank::open().await;
    let maker = Bank::everything("maker");
    let body = json!({ "commandName": "CreateContactCommand", "data": adaeze(), "dryRun": true });
    let tried = bank.post("/api/bpm/cmd", &maker, &body, &KEY).await;
    let data = tried.data();
    assert_eq!((&data["dryRun"], &data["clientState"]), (&json!(true), &json!(3)));
    assert_eq!(
        (&data["contactEncodedKey"], &data["id"], &data["customerNumber"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!((tried.header("etag"), &data["version"]), (None, &Value::Null));

    let first = bank.command(&maker, "CreateContactCommand", adaeze(), &KEY).await;
    assert_eq!(first.data()["id"], 1, "no number was used up");
    let tried = bank.post("/api/bpm/cmd", &maker, &body, &[]).await;
    assert_eq!(tried.codes(), ["duplicate_identification", "duplicate_email"]);
    // A used key has no effect: a dry run replays no outcome.
    let tried = bank.post("/api/bpm/cmd", &maker, &body, &KEY).await;
    assert_eq!(tried.codes(), ["duplicate_identification", "duplicate_email"]);
    let other = json!({ "commandName": "CreateContactCommand", "data": applicant(1), "dryRun": true });
    assert_eq!(bank.post("/api/bpm/cmd", &maker, &other, &KEY).await.codes(), ["idempotency_key_reused"]);

    let number = "CUST1000001";
    let approve = json!({ "commandName": "ApproveCustomerCommand", "data": { "contactEncodedKey": number }, "dryRun": true });
    assert_eq!(bank.post("/api/bpm/cmd", &maker, &approve, &[]).await.codes(), ["four_eyes"]);
    let tried = bank.post("/api/bpm/cmd", &Bank::everything("checker"), &approve, &[]).await;
    assert_eq!((&tried.data()["approvalStatus"], tried.header("etag")), (&json!("Approved"), None));
    assert_eq!(bank.history_of(number).await.len(), 1);
}

/// Outcomes hold personal data. They are stored so that only a caller who repeats the request can read them.
#[tokio::test(flavor = "multi_thread")]
async fn stored_outcomes_cannot_be_read_without_their_request() {
    let database = Postgres::start().await;
    let bank = database.bank(KycPolicy::default()).await;
    let number = bank.pending().await;
    let maker = Bank::everything("maker");
    let document =
        passport(&number).with(json!({ "idNumber": "Z98765432", "issuingAuthority": "Sealed Office" }));
    let first = bank.command(&maker, "CreateIdentityDocumentCommand", document.clone(), &KEY).await;
    assert_eq!(first.data()["idNumber"], "Z98765432");

    let stored = database.ask("SELECT string_agg(o::text, ' ') FROM client_idempotency o").await;
    for personal in ["Z98765432", "Sealed Office", "{"] {
        assert!(!stored.contains(personal), "{stored}");
    }
    let of_client = "SELECT count(*)::text FROM client_idempotency JOIN client USING (client_key)";
    assert_eq!(database.ask(of_client).await, "1");

    // Another instance shares only the database.
    let other = database.bank(KycPolicy::default()).await;
    let again = other.command(&maker, "CreateIdentityDocumentCommand", document, &KEY).await;
    assert_eq!((again.header("idempotency-replayed"), again.data()), (Some("true"), first.data()));
}
