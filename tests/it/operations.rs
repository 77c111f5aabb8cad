//! What an operator sees and decides on the wire: readiness, lag, dead letters.

use std::time::Duration;

use adapter_inmem::Fault;
use client_app::ports::{DeliveryFailure, EventFilter, Outbox as _, ReceiverName, Verdict};
use client_domain::{Permission, Permissions};
use serde_json::{Value, json};

use crate::bank::{Answer, Bank, applicant};

fn operator() -> String {
    Bank::token("operator", [Permission::Operations].into_iter().collect())
}

async fn report(bank: &Bank, data: Value) -> Value {
    let body = json!({ "queryName": "RetrieveOperationsQuery", "data": data });
    bank.post("/api/bpm/qry", &operator(), &body, &[]).await.data()
}

async fn decide(bank: &Bank, name: &str, event: &Value) -> Answer {
    bank.command(&operator(), name, json!({ "eventId": event }), &[]).await
}

/// Makes dead letters of the first events of so many clients.
async fn dead_letters(bank: &Bank, number: usize) {
    for n in 2..2 + number {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
    let now = client_app::ports::Clock::now(&bank.clock);
    let why = DeliveryFailure::Refused { status: 410 };
    let taken = bank
        .store
        .take(&ReceiverName::DEFAULT, 100, now, now + jiff::SignedDuration::from_mins(1))
        .await
        .unwrap();
    let settled: Vec<_> =
        taken.iter().map(|taken| taken.settle(Verdict::DeadLettered { at: now, why })).collect();
    bank.store.settle(&ReceiverName::DEFAULT, &settled).await.unwrap();
}

#[tokio::test]
async fn report_shows_readiness_lag_and_dead_letters() {
    let bank = Bank::open().await;
    let empty = report(&bank, json!({})).await;
    assert_eq!((&empty["ready"], &empty["lagSeconds"]), (&json!(true), &json!(0)));
    assert_eq!((&empty["oldestUndelivered"], &empty["deadLetters"]), (&Value::Null, &json!([])));
    assert!(empty["checks"].as_array().unwrap().iter().any(|check| check["check"] == "commands"));

    dead_letters(&bank, 5).await;
    bank.pending().await;
    bank.clock.advance(Duration::from_secs(90));
    let seen = report(&bank, json!({ "pageSize": 2 })).await;
    assert_eq!((&seen["lagSeconds"], &seen["deadLetterCount"]), (&json!(90), &json!(5)));
    let first = &seen["deadLetters"][0];
    assert_eq!((&first["event"], &first["attempts"]), (&json!("ClientCreated"), &json!(1)));
    assert_eq!((&first["lastFailure"], &first["lastStatus"]), (&json!("refused"), &json!(410)));
    assert_eq!(first["deadSince"], "2026-01-05T09:00:00Z");

    let (mut ids, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = report(&bank, json!({ "pageSize": 2, "cursor": cursor })).await;
        ids.extend(page["deadLetters"].as_array().unwrap().iter().map(|one| one["eventId"].to_string()));
        cursor = page["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((ids.len(), &ids), (5, &sorted));

    bank.store.faults().readiness(adapter_inmem::Fault::Unavailable);
    let broken = report(&bank, json!({})).await;
    assert_eq!(broken["ready"], false);
    let failed = broken["checks"].as_array().unwrap().iter().filter(|check| check["state"] == "failed");
    assert!(failed.clone().count() > 0 && failed.clone().all(|check| check["message"].is_string()));
}

#[tokio::test]
async fn dead_letter_is_resent_or_discarded_once() {
    let bank = Bank::open().await;
    dead_letters(&bank, 2).await;
    let letters = report(&bank, json!({})).await["deadLetters"].clone();
    let (one, other) = (&letters[0]["eventId"], &letters[1]["eventId"]);

    let body =
        json!({ "commandName": "DiscardDeadLetterCommand", "data": { "eventId": one }, "dryRun": true });
    let both = [Permission::Operations, Permission::Read].into_iter().collect();
    let dry = bank.post("/api/bpm/cmd", &Bank::token("operator", both), &body, &[]).await.data();
    assert_eq!(dry, json!({ "discarded": true, "dryRun": true }));
    assert_eq!(report(&bank, json!({})).await["deadLetterCount"], 2);

    assert_eq!(decide(&bank, "ResendDeadLetterCommand", one).await.data()["resent"], true);
    assert_eq!(decide(&bank, "ResendDeadLetterCommand", one).await.data()["resent"], false);
    assert_eq!(
        decide(&bank, "DiscardDeadLetterCommand", one).await.data()["discarded"],
        false,
        "it is queued"
    );
    assert_eq!(decide(&bank, "DiscardDeadLetterCommand", other).await.data()["discarded"], true);
    assert_eq!(decide(&bank, "ResendDeadLetterCommand", other).await.data()["resent"], false);
    assert_eq!(report(&bank, json!({})).await["deadLetterCount"], 0);
    let now = client_app::ports::Clock::now(&bank.clock);
    let again = bank
        .store
        .take(&ReceiverName::DEFAULT, 9, now, now + jiff::SignedDuration::from_mins(1))
        .await
        .unwrap();
    let ids: Vec<_> = again.iter().map(|taken| json!(taken.event.id.as_str())).collect();
    assert_eq!(ids, std::slice::from_ref(one));
}

/// An event that is a dead letter of two receivers is listed twice, and decided about for one.
#[tokio::test]
async fn dead_letter_is_that_of_its_receiver() {
    let bank = Bank::open().await;
    let crm = ReceiverName::parse("crm").unwrap();
    let now = client_app::ports::Clock::now(&bank.clock);
    bank.store.register(&crm, &EventFilter::All, now).await.unwrap();
    dead_letters(&bank, 1).await;
    let taken = bank.store.take(&crm, 9, now, now + jiff::SignedDuration::from_mins(1)).await.unwrap();
    let dead = Verdict::DeadLettered { at: now, why: DeliveryFailure::TimedOut };
    bank.store.settle(&crm, &[taken[0].settle(dead)]).await.unwrap();
    let seen = report(&bank, json!({ "pageSize": 1 })).await;
    assert_eq!((&seen["deadLetterCount"], &seen["deadLetters"][0]["receiver"]), (&json!(2), &json!("crm")));
    let of = |receiver: &str| json!({ "receiver": receiver, "oldestUndelivered": null, "lagSeconds": 0, "deadLetterCount": 1 });
    assert_eq!(seen["receivers"], json!([of("crm"), of("default")]));
    let next = report(&bank, json!({ "pageSize": 1, "cursor": seen["nextCursor"] })).await;
    let letter = &next["deadLetters"][0];
    assert_eq!((&letter["receiver"], &next["nextCursor"]), (&json!("default"), &Value::Null));
    assert_eq!(letter["eventId"], seen["deadLetters"][0]["eventId"]);

    let event = &letter["eventId"];
    let named = json!({ "eventId": event, "receiver": "crm" });
    let discarded = bank.command(&operator(), "DiscardDeadLetterCommand", named.clone(), &[]).await;
    assert_eq!(discarded.data()["discarded"], true);
    let resent = bank.command(&operator(), "ResendDeadLetterCommand", named, &[]).await;
    assert_eq!(resent.data()["resent"], false);
    assert_eq!(decide(&bank, "ResendDeadLetterCommand", event).await.data()["resent"], true);
    assert_eq!(report(&bank, json!({})).await["deadLetterCount"], 0);
    let wrong = json!({ "eventId": event, "receiver": "No name" });
    assert_eq!(bank.command(&operator(), "ResendDeadLetterCommand", wrong, &[]).await.status, 400);
}

#[tokio::test]
async fn repeated_decision_under_a_key_answers_the_first_outcome() {
    let bank = Bank::open().await;
    dead_letters(&bank, 1).await;
    let letter = report(&bank, json!({})).await["deadLetters"][0]["eventId"].clone();
    let data = json!({ "eventId": letter });
    for replayed in [None, Some("true")] {
        let headers = [("Idempotency-Key", "resend-1")];
        let answer = bank.command(&operator(), "ResendDeadLetterCommand", data.clone(), &headers).await;
        assert_eq!(
            (&answer.data()["resent"], answer.header("idempotency-replayed")),
            (&json!(true), replayed)
        );
    }
}

#[tokio::test]
async fn other_callers_see_and_decide_nothing() {
    let bank = Bank::open().await;
    dead_letters(&bank, 1).await;
    let all_but: Permissions =
        Permissions::all().iter().filter(|one| *one != Permission::Operations).collect();
    let token = Bank::token("maker", all_but);
    let body = json!({ "queryName": "RetrieveOperationsQuery", "data": {} });
    assert_eq!(bank.post("/api/bpm/qry", &token, &body, &[]).await.status, 403);
    let data = json!({ "eventId": "00000000000000000000000000000001" });
    for name in ["ResendDeadLetterCommand", "DiscardDeadLetterCommand"] {
        assert_eq!(bank.command(&token, name, data.clone(), &[]).await.codes(), ["permission_missing"]);
    }
    assert_eq!(report(&bank, json!({})).await["deadLetterCount"], 1);
}

/// An operator asks while something is wrong.
#[tokio::test]
async fn lost_storage_is_reported_and_not_an_error() {
    let bank = Bank::open().await;
    dead_letters(&bank, 1).await;
    let faults = bank.store.faults();
    faults.readiness(Fault::Unavailable);
    faults.outbox(Fault::Unavailable);
    let away = report(&bank, json!({})).await;
    assert_eq!((&away["ready"], &away["deadLetters"]), (&json!(false), &json!(null)));
    assert_eq!((&away["lagSeconds"], &away["deadLetterCount"]), (&json!(null), &json!(null)));
    let reads = away["checks"].as_array().unwrap().iter().find(|check| check["check"] == "reads").unwrap();
    assert_eq!(reads["state"], "failed");
    faults.clear();
    for fault in [Fault::Unavailable, Fault::TimedOutBefore] {
        faults.next_outbox(fault);
        let lost = report(&bank, json!({})).await;
        assert_eq!(
            (&lost["ready"], &lost["deadLetters"]),
            (&json!(true), &json!(null)),
            "it was lost after the check"
        );
    }
    assert_eq!(report(&bank, json!({})).await["deadLetterCount"], 1);
}
