use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use client_app::ports::{Clock, DeliveryFailure, EventReceiver, OutboxEvent, Rejection};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::retry_after::retry_after;
use crate::{Address, SigningSecrets};

const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";
/// How much of an answer is read, and for how long: enough to use the connection again, and not a bit to look at.
const MOST_ANSWER_BYTES: usize = 16 * 1024;
const MOST_ANSWER_TIME: Duration = Duration::from_secs(1);

/// How long a receiver may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To be connected to.
    pub connect: Duration,
    /// To answer, from the beginning.
    pub answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(15) }
    }
}

/// The receiver behind a web address.
pub struct Webhook {
    address: Address,
    secrets: SigningSecrets,
    clock: Arc<dyn Clock>,
    client: Client,
}

/// Nothing can be sent at all from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be sent: TLS is not available")]
pub struct WebhookError;

impl Webhook {
    /// A webhook at `address`, whose messages are signed with `secrets`.
    pub fn new(
        address: Address,
        secrets: SigningSecrets,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, WebhookError> {
        // A redirect could lead to another host, or off TLS.
        let client =
            Client::builder().redirect(Policy::none()).connect_timeout(limits.connect).timeout(limits.answer);
        let client = if address.is_loopback() { client.no_proxy() } else { client };
        let client = client.build().map_err(|_| WebhookError)?;
        Ok(Self { address, secrets, clock, client })
    }

    async fn send(&self, event: &OutboxEvent) -> Result<Response, DeliveryFailure> {
        let body = event.to_cloud_event().to_string().into_bytes();
        let id = event.id.as_str();
        let timestamp = self.clock.now().as_second();
        let request = self
            .client
            .post(self.address.url())
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.secrets.sign(id, timestamp, &body))
            .body(body);
        request.send().await.map_err(|error| {
            if error.is_timeout() { DeliveryFailure::TimedOut } else { DeliveryFailure::Unreachable }
        })
    }
}

#[async_trait]
impl EventReceiver for Webhook {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let answer = self.send(event).await?;
        let status = answer.status();
        let asked = answer.headers().get(RETRY_AFTER).and_then(|header| header.to_str().ok());
        let asked = asked.and_then(|header| retry_after(header, self.clock.now()));
        // The status is the answer; whatever becomes of the rest changes nothing.
        let _whole = tokio::time::timeout(MOST_ANSWER_TIME, read_a_little(answer)).await;
        if status.is_success() {
            return Ok(());
        }
        let why = DeliveryFailure::Refused { status: status.as_u16() };
        // Others than these two have no say in when to come again.
        Err(Rejection { why, retry_after: asked.filter(|_| matches!(status.as_u16(), 429 | 503)) })
    }
}

/// Reads what is left of an answer, so that the connection can be used again; one that is long is dropped with it.
async fn read_a_little(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > MOST_ANSWER_BYTES {
            return;
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("address", &self.address).finish_non_exhaustive()
    }
}
