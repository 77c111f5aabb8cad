//! A bank over HTTP.

use std::time::Duration;

use clients_testkit::{Bank, Fault, People, as_form};
use serde_json::{Value, json};

async fn post(bank: &Bank, token: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer =
        reqwest::Client::new().post(bank.url(path)).bearer_auth(token).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn create(bank: &Bank, token: &str, seed: u64) -> (u16, Value) {
    let data = as_form(&People::seeded(seed).next().unwrap());
    post(bank, token, "/api/bpm/cmd", &json!({ "commandName": "CreateContactCommand", "data": data })).await
}

#[tokio::test]
async fn two_banks_have_clients_clocks_and_faults_of_their_own() {
    let (one, two) = (Bank::start().await.unwrap(), Bank::start().await.unwrap());
    one.faults().next_commit(Fault::Unavailable);
    let token = one.token("maker").unwrap();
    assert_eq!(create(&one, &token, 1).await.0, 503);
    assert_eq!(create(&two, &token, 1).await.0, 200);
    let (status, created) = create(&one, &token, 1).await;
    assert_eq!(status, 200, "the fault happened once: {created}");
    assert_eq!(created["data"]["dateCreated"], "2026-01-05T09:00:00Z");
    two.clock().advance(Duration::from_hours(24));
    let (_, created) = create(&two, &two.token("maker").unwrap(), 2).await;
    assert_eq!(created["data"]["dateCreated"], "2026-01-06T09:00:00Z");
}

#[tokio::test]
async fn token_expires_by_the_clock_of_the_bank() {
    let bank = Bank::start().await.unwrap();
    let token = bank.token("maker").unwrap();
    bank.clock().advance(Duration::from_hours(2));
    assert_eq!(create(&bank, &token, 1).await.0, 401);
    assert_eq!(create(&bank, &bank.token("maker").unwrap(), 1).await.0, 200);
}

#[tokio::test]
async fn bank_stops_when_it_is_dropped() {
    let bank = Bank::start().await.unwrap();
    let url = bank.url("/healthz");
    assert!(reqwest::get(&url).await.unwrap().status().is_success());
    drop(bank);
    for _ in 0..100 {
        if reqwest::get(&url).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it still answers after 5 s");
}
