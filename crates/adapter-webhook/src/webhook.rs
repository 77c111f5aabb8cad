use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use client_app::ports::{Clock, DeliveryFailure, EventReceiver, OutboxEvent, Rejection};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response};
use signed_http::{Address, SigningSecrets, Timeouts, TlsUnavailable};
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span, debug_span};

use crate::retry_after::retry_after;

const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";
/// How many bytes of an answer are read, so that the connection can be used again. The answer itself is not evaluated.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
/// How long reading the rest of an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// The timeouts of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For connecting.
    pub connect: Duration,
    /// For the whole request: connecting, sending and the answer.
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

/// Why no webhook can be used on this machine.
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
        let timeouts = Timeouts { connect: limits.connect, answer: limits.answer };
        let client = signed_http::client(&address, timeouts).map_err(|TlsUnavailable| WebhookError)?;
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
        signed_http::send(request).await.map_err(|error| {
            if error.is_timeout() { DeliveryFailure::TimedOut } else { DeliveryFailure::Unreachable }
        })
    }
}

#[async_trait]
impl EventReceiver for Webhook {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let span = trace_of(event);
        let delivered = self.attempt(event).instrument(span.clone()).await;
        if let Err(rejection) = &delivered {
            span.record("error.type", display(rejection.why));
            span.record("otel.status_code", "ERROR");
        }
        delivered
    }
}

/// A trace of its own: the request that made the event ended long ago. Its commit has the same id of the event.
fn trace_of(event: &OutboxEvent) -> Span {
    trace_context::root(None, || {
        debug_span!(
            target: trace_context::ROOT,
            parent: None,
            "delivery",
            otel.name = "deliver event",
            otel.kind = "producer",
            otel.status_code = Empty,
            cloudevents.event_id = event.id.as_str(),
            cloudevents.event_type = event.kind.name(),
            "error.type" = Empty,
        )
    })
}

impl Webhook {
    async fn attempt(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let answer = self.send(event).await?;
        let status = answer.status();
        let retry_header = answer.headers().get(RETRY_AFTER).and_then(|header| header.to_str().ok());
        let requested = retry_header.and_then(|header| retry_after(header, self.clock.now()));
        // The status decides. An error in the rest of the answer does not change the result.
        let _complete = tokio::time::timeout(ANSWER_TIMEOUT, drain(answer)).await;
        if status.is_success() {
            return Ok(());
        }
        let why = DeliveryFailure::Refused { status: status.as_u16() };
        // Only 429 and 503 define the meaning of Retry-After.
        Err(Rejection { why, retry_after: requested.filter(|_| matches!(status.as_u16(), 429 | 503)) })
    }
}

/// Reads the rest of an answer, so that the connection can be used again. A longer answer is dropped with its connection.
async fn drain(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > MAX_ANSWER_BYTES {
            return;
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("address", &self.address).finish_non_exhaustive()
    }
}
