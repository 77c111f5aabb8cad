//! Clients get documents, by orders that are recorded.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::caller::{Caller, Retry, RetryPolicy};
use crate::history::{History, Outcome, Record};
use crate::{Actor, Order};

/// How long an order is repeated.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A caller that submits documents and approves them.
#[derive(Clone, Debug)]
pub struct Documents {
    /// Sends the orders.
    pub caller: Caller,
    /// Where to.
    pub base: String,
    /// Where they are recorded.
    pub history: Arc<History>,
    /// How the pauses between attempts differ.
    pub seed: u64,
}

impl Documents {
    /// Creates a client: its key.
    pub async fn client(&self, tag: String) -> Option<String> {
        self.done(Order::create(tag, Actor::Maker)).await?.client()
    }

    /// Submits a passport with this number and file: the id of the document.
    pub async fn submit(&self, tag: String, client: &str, number: &str, file: &str) -> Option<String> {
        let passport = json!({
            "identityType": 2, "idNumber": number, "docExtension": ".pdf", "base64Doc": STANDARD.encode(file),
        });
        let order = Order::about(tag, Actor::Maker, "CreateIdentityDocumentCommand", client, passport);
        let record = self.done(order).await?;
        let answer: Value = serde_json::from_str(&record.body).unwrap_or_default();
        Some(answer.pointer("/data/identityId")?.as_str()?.to_owned())
    }

    /// Approves a document.
    pub async fn approve(&self, tag: String, document: &str) {
        let data = json!({ "identityId": document });
        self.done(Order::new(tag, Actor::Checker, "ApproveIdentityDocumentCommand", data)).await;
    }

    async fn done(&self, order: Order) -> Option<Record> {
        let policy = RetryPolicy { retry: Retry::SameKey, timeout: TIMEOUT, seed: self.seed };
        let record = self.caller.retry_until_done(&self.base, order, &policy, &self.history).await;
        (record.outcome == Outcome::Done).then_some(record)
    }
}

/// A PDF with this many bytes of padding; the label tells it from others.
pub fn pdf(label: &str, padding: u64) -> String {
    let padding = "x".repeat(usize::try_from(padding).unwrap_or_default());
    format!(
        "%PDF-1.4\n% {label} {padding}\n\
         1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
         trailer<</Root 1 0 R/Size 4>>\nstartxref\n0\n%%EOF\n"
    )
}
