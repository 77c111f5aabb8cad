//! An exited client returns as a new application that is linked to its former record.

mod blacklisted;

use client_app::{OnLookAlike, Policy};
use client_domain::kyc::KycPolicy;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, Setup, With as _, adaeze};
use crate::kyc_documents::fixtures::Postgres;

/// Both stores, each with a bank of its own.
async fn banks(policy: Policy) -> (Postgres, [Bank; 2]) {
    let postgres = Postgres::start().await;
    let setup = || Setup { policy, kyc_policy: KycPolicy::default(), ..Setup::default() };
    let durable = postgres.bank_with(setup()).await;
    (postgres, [Bank::with(setup()).await, durable])
}

fn contact(name: &str) -> Value {
    json!({ "contactEncodedKey": name })
}

fn comeback(name: &str) -> Value {
    contact(name).with(json!({ "reason": "Back from abroad." }))
}

fn text<'a>(data: &'a Value, member: &str) -> &'a str {
    data[member].as_str().unwrap()
}

async fn shown(bank: &Bank, name: &str) -> Value {
    let listed = bank.query("RetrieveContactListQuery", json!({ "searchTerm": name })).await.data();
    let key = listed["contacts"][0]["id"].clone();
    bank.query("RetrieveContactByIdQuery", json!({ "id": key })).await.data()
}

/// A client that has exited, by customer number.
async fn exited(bank: &Bank) -> String {
    let number = bank.approved().await;
    let data = contact(&number).with(json!({ "reason": "Moved abroad." }));
    bank.checker("ExitCustomerCommand", data).await.data();
    number
}

async fn returned(bank: &Bank, name: &str) -> Value {
    bank.maker("ReturnCustomerCommand", comeback(name)).await.data()
}

async fn rejected(bank: &Bank, name: &str) {
    let data = contact(name).with(json!({ "rejectionReason": "Not genuine." }));
    bank.checker("RejectCustomerCommand", data).await.data();
}

/// What the actions query says of a return.
async fn explained(bank: &Bank, name: &str) -> Value {
    let data = bank.query("RetrieveContactActionsQuery", contact(name)).await.data();
    data["actions"].as_array().unwrap().iter().find(|entry| entry["action"] == "return").unwrap().clone()
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.codes()), (status, vec![code.to_owned()]), "{:?}", answer.details());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exited_client_returns_as_a_new_one_that_another_person_approves() {
    let (_server, banks) = banks(Policy::default()).await;
    for bank in banks {
        let number = exited(&bank).await;
        let former = shown(&bank, &number).await;
        assert_eq!(explained(&bank, &number).await["allowed"], true);
        assert_eq!(former["allowedActions"], json!(["view", "return"]));
        let data = comeback(&number).with(json!({ "city": "Abuja", "identificationNumber": "B7654321" }));
        let token = Bank::everything("maker");
        let body = json!({ "commandName": "ReturnCustomerCommand", "data": data, "dryRun": true });
        let tried = bank.post("/api/bpm/cmd", &token, &body, &[]).await.data();
        assert_eq!((&tried["dryRun"], &tried["contactEncodedKey"]), (&json!(true), &Value::Null));
        assert_eq!(tried["formerContactEncodedKey"], former["encodedKey"]);

        let keyed = [("Idempotency-Key", "back"), ("If-Match", "\"3\"")];
        let done = bank.command(&token, "ReturnCustomerCommand", data.clone(), &keyed).await.data();
        assert_eq!((&done["clientState"], &done["version"]), (&json!(3), &json!(1)));
        assert_eq!(bank.command(&token, "ReturnCustomerCommand", data, &keyed).await.data(), done);

        let new = shown(&bank, text(&done, "customerNumber")).await;
        assert_ne!(new["encodedKey"], former["encodedKey"]);
        assert_eq!(new["formerContactEncodedKey"], former["encodedKey"]);
        assert_eq!((&new["city"], &new["identificationNumber"]), (&json!("Abuja"), &json!("B7654321")));
        for same in
            ["firstName", "lastName", "emailAddress", "phoneNumber", "dateOfBirth", "address", "gender"]
        {
            assert_eq!(new[same], former[same], "{same}");
        }
        let now = shown(&bank, &number).await;
        assert_eq!(now["returnedAsContactEncodedKey"], new["encodedKey"]);
        assert_eq!((&now["version"], &now["clientState"]), (&former["version"], &json!(7)));

        let key = text(&done, "contactEncodedKey");
        let lines = bank.history_of(key).await;
        assert_eq!((lines.len(), &lines[0]["event"]), (1, &json!("ClientCreated")));
        assert_eq!(
            (&lines[0]["command"], &lines[0]["reason"]),
            (&json!("ReturnCustomerCommand"), &json!("Back from abroad."))
        );
        let own = bank.command(&token, "ApproveCustomerCommand", contact(key), &[]).await;
        refused(&own, 403, "four_eyes");
        bank.checker("ApproveCustomerCommand", contact(key)).await.data();

        let filter = |value: Value| json!([{ "propertyName": "formerContactEncodedKey", "operator": "Equals", "value": value }]);
        let found = bank
            .query("RetrieveContactListQuery", json!({ "filters": filter(former["encodedKey"].clone()) }));
        assert_eq!(found.await.data()["contacts"][0]["contactEncodedKey"], new["encodedKey"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_returns_once_until_the_return_is_rejected() {
    let (_server, banks) = banks(Policy::default()).await;
    for bank in banks {
        let number = exited(&bank).await;
        let first = returned(&bank, &number).await;
        let again = bank.maker("ReturnCustomerCommand", comeback(&number)).await;
        refused(&again, 409, "already_returned");
        assert_eq!(again.details()["unmet"][0]["returnedAsContactEncodedKey"], first["contactEncodedKey"]);
        let entry = explained(&bank, &number).await;
        assert_eq!((&entry["allowed"], &entry["unmet"]), (&json!(false), &again.details()["unmet"]));

        let name = text(&first, "contactEncodedKey");
        rejected(&bank, name).await;
        assert_eq!(shown(&bank, &number).await["returnedAsContactEncodedKey"], Value::Null);
        let second = returned(&bank, &number).await;
        let undo = contact(name).with(json!({ "reason": "The passport is genuine." }));
        let late = bank.checker("UndoRejectCustomerCommand", undo.clone()).await;
        assert!(late.codes().contains(&"already_returned".to_owned()), "{:?}", late.codes());

        rejected(&bank, text(&second, "contactEncodedKey")).await;
        bank.checker("UndoRejectCustomerCommand", undo).await.data();
        assert_eq!(shown(&bank, &number).await["returnedAsContactEncodedKey"], first["contactEncodedKey"]);
        refused(&bank.maker("ReturnCustomerCommand", comeback(&number)).await, 409, "already_returned");
    }
}

/// The client that left last is the one that returns.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_returned_exits_and_returns_itself() {
    let (_server, banks) = banks(Policy::default()).await;
    for bank in banks {
        let number = exited(&bank).await;
        let mut names = vec![number];
        for _ in 0..2 {
            let data = returned(&bank, names.last().unwrap()).await;
            let name = text(&data, "contactEncodedKey").to_owned();
            bank.checker("ApproveCustomerCommand", contact(&name)).await.data();
            let exit = contact(&name).with(json!({ "reason": "Moved again." }));
            bank.checker("ExitCustomerCommand", exit).await.data();
            names.push(name);
        }
        for early in &names[..2] {
            refused(&bank.maker("ReturnCustomerCommand", comeback(early)).await, 409, "already_returned");
        }
        assert_eq!(explained(&bank, &names[2]).await["allowed"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_has_not_exited_does_not_return() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    for (state, instead) in
        [("PendingApproval", "continue with this client"), ("Rejected", "undo its rejection")]
    {
        let answer = bank.maker("ReturnCustomerCommand", comeback(&number)).await;
        refused(&answer, 409, "invalid_status");
        assert_eq!(answer.details()["currentState"], state);
        assert_eq!(answer.details()["unmet"][0]["neededStates"], json!(["Exited"]));
        assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains(instead), "{}", answer.body);
        if state == "PendingApproval" {
            rejected(&bank, &number).await;
        }
    }
}

/// Of concurrent returns one is done, and the others learn as which client.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_returns_one_is_done() {
    let (_server, banks) = banks(Policy::default()).await;
    for bank in banks {
        let number = exited(&bank).await;
        let answers = join_all((0..8).map(|_| bank.maker("ReturnCustomerCommand", comeback(&number)))).await;
        let (done, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(done.len(), 1);
        for other in others {
            refused(&other, 409, "already_returned");
            let named = &other.details()["unmet"][0]["returnedAsContactEncodedKey"];
            assert_eq!(*named, done[0].data()["contactEncodedKey"]);
        }
    }
}

/// The former record is shown as a look-alike, and neither warned of nor reviewed; another look-alike is.
#[tokio::test(flavor = "multi_thread")]
async fn the_former_record_is_no_look_alike_to_review() {
    let policy = Policy { look_alikes: OnLookAlike::Review, ..Policy::default() };
    let (_server, banks) = banks(policy).await;
    for bank in banks {
        let number = exited(&bank).await;
        let done = returned(&bank, &number).await;
        assert_eq!(done.get("warnings"), None);
        let name = text(&done, "contactEncodedKey");
        let listed = bank.query("RetrieveLookAlikesQuery", contact(name)).await.data();
        assert_eq!(listed["lookAlikes"].as_array().unwrap().len(), 1);
        assert_eq!(listed["lookAlikes"][0]["isFormerRecord"], true);
        let twin =
            adaeze().with(json!({ "emailAddress": "other@example.com", "identificationNumber": "C1234567" }));
        bank.maker("CreateContactCommand", twin).await.data();
        let unseen = bank.checker("ApproveCustomerCommand", contact(name)).await;
        refused(&unseen, 409, "look_alikes");
        let named = unseen.details()["unmet"][0]["contacts"].clone();
        assert_eq!(named.as_array().unwrap().len(), 1);
        let seen = contact(name).with(json!({ "reviewedLookAlikes": named }));
        bank.checker("ApproveCustomerCommand", seen).await.data();
    }
}
