//! The event stream of the progress of a batch: who receives it, and when it ends.

use std::time::Duration;

use client_domain::Permission;
use client_wire::BatchWorker;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::{checked, csv, work};
use crate::bank::Bank;

/// Longer than anything that is waited for here.
const TIMEOUT: Duration = Duration::from_secs(20);

async fn watch(bank: &Bank, batch: &Value, token: &str) -> Response {
    let path = format!("/api/bpm/batches/{}/progress", batch["batchId"].as_str().unwrap());
    bank.http().get(bank.url(&path)).bearer_auth(token).send().await.unwrap()
}

/// The events of a stream.
struct Events {
    response: Response,
    read: String,
}

impl Events {
    async fn of(bank: &Bank, batch: &Value, who: &str) -> Self {
        let response = watch(bank, batch, &Bank::everything(who)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { response, read: String::new() }
    }

    /// The name and data of the next event; `None` at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let event: String = self.read.drain(..end + 2).collect();
                let member = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
                };
                let (name, data) = (member("event:"), member("data:"));
                if let (Some(name), Some(data)) = (name, data) {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let chunk = timeout(TIMEOUT, self.response.chunk()).await.unwrap().unwrap()?;
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn progress_is_sent_when_it_changes_until_the_end() {
    let bank = Bank::open().await;
    let batch = checked(&bank, &csv(1..251, |_, person| person)).await;
    let mut events = Events::of(&bank, &batch, "maker").await;
    let (name, first) = events.next().await.unwrap();
    assert_eq!(
        (name.as_str(), &first["state"], &first["checked"]["done"]),
        ("progress", &json!("checked"), &json!(250))
    );
    bank.checker("ConfirmBatchCommand", batch.clone()).await.data();
    let worker = BatchWorker::new(bank.clients.clone(), 8);
    assert!(worker.round().await.unwrap());
    let (_, running) = events.next().await.unwrap();
    assert_eq!((&running["state"], &running["executed"]["done"]), (&json!("running"), &json!(100)));
    let from = Instant::now();
    work(&bank).await;
    let (_, last) = events.next().await.unwrap();
    assert!(from.elapsed() > Duration::from_millis(500), "one event a second");
    assert_eq!((&last["state"], &last["executed"]["done"]), (&json!("finished"), &json!(250)));
    assert_eq!(events.next().await, None, "nothing follows");
    // A batch that has ended is told once.
    let mut events = Events::of(&bank, &batch, "checker").await;
    assert_eq!(events.next().await.unwrap().1["state"], "finished");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn progress_is_for_those_who_see_the_batch_and_as_long_as_they_do() {
    let bank = Bank::open().await;
    let batch = checked(&bank, &csv(1..3, |_, person| person)).await;
    let with = |permissions: &[Permission]| Bank::token("other", permissions.iter().copied().collect());
    for (token, status) in [
        (with(&[Permission::Batches, Permission::Read]), 404),
        (with(&[Permission::BatchesConfirm, Permission::Read]), 403),
        ("no token".to_owned(), 401),
    ] {
        assert_eq!(watch(&bank, &batch, &token).await.status(), status);
    }
    let mut events = Events::of(&bank, &batch, "maker").await;
    assert_eq!(events.next().await.unwrap().0, "progress");
    // The token expires meanwhile.
    bank.clock.advance(Duration::from_hours(2));
    let (name, failure) = events.next().await.unwrap();
    assert_eq!((name.as_str(), &failure["errors"][0]["code"]), ("failure", &json!("token_expired")));
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn streams_of_a_caller_are_bounded_and_end_with_the_service() {
    let bank = Bank::open().await;
    let batch = checked(&bank, &csv(1..3, |_, person| person)).await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(Events::of(&bank, &batch, "maker").await);
    }
    let refused = watch(&bank, &batch, &Bank::everything("maker")).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["code"], "too_many_in_progress");
    open.push(Events::of(&bank, &batch, "checker").await);
    drop(bank);
    let from = Instant::now();
    for events in &mut open {
        while events.next().await.is_some() {}
    }
    assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
}
