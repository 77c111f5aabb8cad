//! Abandoned applications, and the other ways for a client to end.

use std::sync::Arc;

use adapter_inmem::MemoryStore;
use client_app::{LAPSE, LapseRound};
use client_domain::BankCalendar;
use client_domain::kyc::KycPolicy;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::bank::{Bank, Setup, Storage, applicant};
use crate::bank_day::ask;

/// A bank whose applications lapse after some days, in Lagos.
fn setup(days: u16) -> Setup {
    Setup {
        kyc_policy: KycPolicy { lapse_after_days: Some(days), ..KycPolicy::default() },
        calendar: BankCalendar::new(TimeZone::get("Africa/Lagos").unwrap()),
        ..Setup::default()
    }
}

async fn round(bank: &Bank, now: &str) -> LapseRound {
    bank.clock.set(now.parse().unwrap());
    bank.clients.lapse_applications().await.unwrap()
}

/// Created at noon of the 5th in Lagos, so with two days the 5th is too old from the beginning of the 8th there.
#[tokio::test]
async fn an_application_lapses_after_the_days_of_the_policy() {
    let bank = Bank::with(setup(2)).await;
    let number = bank.pending().await;
    assert_eq!(round(&bank, "2026-01-07T22:59:59.999999Z").await, LapseRound::default());
    let one = LapseRound { lapsed: 1, failed: 0 };
    assert_eq!(round(&bank, "2026-01-07T23:00:00Z").await, one);
    assert_eq!(round(&bank, "2026-01-07T23:00:00Z").await, LapseRound::default(), "it lapses once");

    bank.clock.set(crate::bank::NOW.parse().unwrap());
    let found = bank.query("RetrieveContactByIdQuery", json!({ "id": 1 })).await.data();
    assert_eq!((&found["clientState"], &found["approvalStatus"]), (&json!(5), &json!("Rejected")));
    let line = &bank.history_of(&number).await[0];
    assert_eq!(line["event"], "ClientLapsed");
    assert_eq!((&line["actorId"], &line["reason"]), (&json!(LAPSE), &json!("Not changed for 2 days.")));
    // Its claims are free: the same person can apply again.
    bank.pending().await;
}

#[tokio::test]
async fn a_change_and_a_decision_keep_an_application_from_lapsing() {
    let bank = Bank::with(setup(2)).await;
    for n in 1..=3 {
        bank.maker("CreateContactCommand", applicant(n)).await.data();
    }
    bank.checker("ApproveCustomerCommand", json!({ "contactEncodedKey": "CUST1000001" })).await.data();
    bank.clock.set("2026-01-07T09:00:00Z".parse().unwrap());
    let update = json!({ "contactEncodedKey": "CUST1000002", "city": "Abuja" });
    ask(&bank, "UpdateContactCommand", &update).await.unwrap();
    assert_eq!(round(&bank, "2026-01-08T12:00:00Z").await, LapseRound { lapsed: 1, failed: 0 });
    let states = ask(&bank, "RetrieveContactListQuery", &json!({})).await.unwrap()["contacts"].clone();
    let states: Vec<_> = states.as_array().unwrap().iter().map(|one| one["clientState"].clone()).collect();
    assert_eq!(states, [json!(5), json!(3), json!(4)], "the newest first");
}

#[tokio::test]
async fn several_instances_end_an_application_once() {
    let store = MemoryStore::new();
    let storage = |store: &MemoryStore| {
        let contents = Arc::new(adapter_inmem::MemoryContents::new());
        Some(Storage { store: Arc::new(store.clone()), contents, ledger: Arc::new(store.clone()) })
    };
    let one = Bank::with(Setup { storage: storage(&store), ..setup(1) }).await;
    let other = Bank::with(Setup { storage: storage(&store), ..setup(1) }).await;
    for n in 1..=20 {
        one.maker("CreateContactCommand", applicant(n)).await.data();
    }
    let now = "2026-01-09T12:00:00Z";
    let (first, second) = tokio::join!(round(&one, now), round(&other, now));
    assert_eq!((first.lapsed + second.lapsed, first.failed + second.failed), (20, 0), "{first:?} {second:?}");
}

#[tokio::test]
async fn nothing_lapses_without_the_days_in_the_policy() {
    let bank = Bank::open().await;
    bank.pending().await;
    assert_eq!(round(&bank, "2036-01-05T09:00:00Z").await, LapseRound::default());
}

#[tokio::test]
async fn an_application_is_withdrawn_and_a_barred_client_exits() {
    let bank = Bank::open().await;
    let number = bank.pending().await;
    let data = json!({ "contactEncodedKey": number, "reason": "Chose another bank." });
    let withdrawn = bank.maker("WithdrawCustomerCommand", data.clone()).await.data();
    assert_eq!(withdrawn["clientStateDescription"], "Rejected");
    assert_eq!(bank.history_of(&number).await[0]["event"], "ClientWithdrawn");
    assert_eq!(bank.maker("WithdrawCustomerCommand", data).await.codes(), ["invalid_status"]);

    let barred = bank.approved().await;
    let data = json!({ "contactEncodedKey": barred, "reason": "Fraud." });
    bank.checker("BlacklistCustomerCommand", data.clone()).await.data();
    let exited = bank.checker("ExitCustomerCommand", data).await.data();
    assert_eq!(exited["clientStateDescription"], "Exited");
}
