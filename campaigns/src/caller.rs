//! Sends commands and queries, once or until there is a definite answer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::time::sleep;

use crate::history::{History, Outcome, Record};
use crate::{Actor, Binary, Order, RunError, Seeded};

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as it was received.
    pub body: String,
    /// Whether it says when to try again.
    pub retry_after: bool,
    /// The version that it is about.
    pub etag: Option<String>,
    /// Whether it is marked as a replay.
    pub replayed: bool,
}

impl Answer {
    /// The outcome of the order according to it.
    pub const fn outcome(&self) -> Outcome {
        match self.status {
            200 => Outcome::Done,
            408 | 429 | 500.. => Outcome::Unknown,
            _ => Outcome::Refused,
        }
    }

    /// The body as JSON, null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The code of the first reason of a refusal.
    pub fn code(&self) -> String {
        self.json().pointer("/errors/0/code").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// What a caller sends again when the outcome of an order is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The same, under the same key.
    SameKey,
    /// The same order under another key. Idempotency keys exist to avoid this: it commits twice.
    FreshKey,
}

/// Sends commands and queries.
#[derive(Clone, Debug)]
pub struct Caller {
    http: reqwest::Client,
    tokens: BTreeMap<Actor, String>,
}

impl Caller {
    /// A caller with a token for each actor, which waits this long for one answer.
    pub fn new(binary: &Binary, timeout: Duration) -> Result<Self, RunError> {
        // Earlier, so that a connection that was not opened is not taken for a request without an answer.
        let connect = timeout * 9 / 10;
        let http = reqwest::Client::builder().no_proxy().timeout(timeout).connect_timeout(connect);
        let http = http.build().map_err(RunError::during("the HTTP client"))?;
        let tokens = Actor::ALL.into_iter().map(|actor| Ok((actor, binary.token(actor.subject())?)));
        Ok(Self { http, tokens: tokens.collect::<Result<_, RunError>>()? })
    }

    /// The token of an actor.
    pub fn token(&self, actor: Actor) -> &str {
        self.tokens.get(&actor).map_or("", String::as_str)
    }

    /// Sends an order once.
    pub async fn send(&self, base: &str, order: &Order) -> Result<Answer, RunError> {
        let request = self.http.post(format!("{base}/api/bpm/cmd")).bearer_auth(self.token(order.by));
        let request = request.header("idempotency-key", &order.key).header("x-request-id", &order.tag);
        let request = match order.if_match {
            Some(version) => request.header("if-match", format!("\"{version}\"")),
            None => request,
        };
        answer(request.header("content-type", "application/json").body(order.body())).await
    }

    /// Sends a command as it is written, once.
    pub async fn command(&self, base: &str, body: &Value, key: Option<&str>) -> Result<Answer, RunError> {
        let request = self.http.post(format!("{base}/api/bpm/cmd")).bearer_auth(self.token(Actor::Maker));
        let request = with_key(request, key).header("content-type", "application/json");
        answer(request.body(body.to_string())).await
    }

    /// Replaces the file of a document, once.
    pub async fn upload(
        &self,
        base: &str,
        document: &str,
        key: Option<&str>,
        file: Vec<u8>,
    ) -> Result<Answer, RunError> {
        let request = self.http.put(format!("{base}/api/bpm/documents/{document}/content"));
        answer(with_key(request, key).bearer_auth(self.token(Actor::Maker)).body(file)).await
    }

    /// Downloads the file of a document: the status, and all bytes if they came to their end.
    pub async fn download(&self, base: &str, document: &str) -> Result<(u16, Vec<u8>), RunError> {
        let request = self.http.get(format!("{base}/api/bpm/documents/{document}/content"));
        let response = request.bearer_auth(self.token(Actor::Maker)).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
    }

    /// Sends the file of a batch, once.
    pub async fn put_batch(&self, base: &str, batch: &str, file: Vec<u8>) -> Result<Answer, RunError> {
        let request = self.http.put(format!("{base}/api/bpm/batches/{batch}/content"));
        answer(request.bearer_auth(self.token(Actor::Maker)).body(file)).await
    }

    /// Downloads a file with rows of a batch: the status, and all bytes if they came to their end.
    pub async fn batch_file(&self, base: &str, batch: &str, file: &str) -> Result<(u16, Vec<u8>), RunError> {
        let request = self.http.get(format!("{base}/api/bpm/batches/{batch}/{file}"));
        let response = request.bearer_auth(self.token(Actor::Maker)).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
    }

    /// What `/metrics` says; an empty text if there is no answer.
    pub async fn metrics(&self, base: &str) -> String {
        match self.http.get(format!("{base}/metrics")).send().await {
            Ok(response) => response.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Asks a query.
    pub async fn ask(&self, base: &str, by: Actor, query: &str, data: &Value) -> Result<Answer, RunError> {
        let body = serde_json::json!({ "queryName": query, "data": data }).to_string();
        let request = self.http.post(format!("{base}/api/bpm/qry")).bearer_auth(self.token(by));
        answer(request.header("content-type", "application/json").body(body)).await
    }

    /// Sends an order once and records its outcome.
    pub async fn try_once(&self, base: &str, order: Order, history: &History) -> Record {
        let start = history.now();
        let result = self.send(base, &order).await;
        history.attempt(&order, start, result.as_ref());
        let outcome = result.as_ref().map_or(Outcome::Unknown, Answer::outcome);
        Record::new(order, 1, (start, start, history.now()), outcome, result.ok())
    }

    /// Sends an order until it is done or refused, or the timeout is over, and records it.
    pub async fn retry_until_done(
        &self,
        base: &str,
        order: Order,
        policy: &RetryPolicy,
        history: &History,
    ) -> Record {
        let begun = Instant::now();
        let start = history.now();
        let mut random = Seeded::new(policy.seed).part(order.tag.len() as u64);
        let (mut attempts, mut sent) = (0, order);
        loop {
            attempts += 1;
            let mut record = self.try_once(base, sent, history).await;
            if record.outcome != Outcome::Unknown || begun.elapsed() > policy.timeout {
                record = Record { attempts, start, ..record };
                history.add(record.clone());
                return record;
            }
            sent = record.order;
            sleep(random.millis(5, 60)).await;
            if policy.retry == Retry::FreshKey {
                sent = sent.with_fresh_key(attempts);
            }
        }
    }
}

/// How a caller repeats an order.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// What is sent again.
    pub retry: Retry,
    /// For how long.
    pub timeout: Duration,
    /// How the pauses differ.
    pub seed: u64,
}

fn with_key(request: reqwest::RequestBuilder, key: Option<&str>) -> reqwest::RequestBuilder {
    match key {
        Some(key) => request.header("idempotency-key", key),
        None => request,
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, RunError> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let headers = response.headers();
    let retry_after = headers.contains_key("retry-after");
    let etag = headers.get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let replayed = headers.contains_key("idempotency-replayed");
    let body = response.text().await?;
    Ok(Answer { status, body, retry_after, etag, replayed })
}
