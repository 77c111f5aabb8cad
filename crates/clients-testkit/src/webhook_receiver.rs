use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use client_app::ports::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use signed_http::SigningSecrets;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How far the time of a message may be from the clock, as Standard Webhooks recommends.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A webhook that verifies the deliveries of the service, and answers what the test wants.
///
/// A delivery that is not verified is answered with 401, every other one with 204 or the chosen status.
///
/// ```
/// use std::sync::Arc;
///
/// use clients_testkit::{FixedClock, WebhookReceiver};
/// use signed_http::SigningSecrets;
/// use tokio::net::TcpListener;
/// use tokio_util::sync::CancellationToken;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = FixedClock::new("2026-01-05T09:00:00Z".parse()?);
/// let secrets = SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let receiver = WebhookReceiver::new(secrets, Arc::new(clock));
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let stop = CancellationToken::new();
/// stop.cancel();
/// receiver.serve(listener, |delivery| println!("{:?}", delivery.id), stop).await?;
/// # Ok(())
/// # }
/// ```
pub struct WebhookReceiver {
    secrets: SigningSecrets,
    clock: Arc<dyn Clock>,
    status: StatusCode,
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The id of the message, by which a receiver recognises a repetition.
    pub id: String,
    /// The event, or null if the body is no JSON.
    pub event: Value,
    /// Whether the message is from the service.
    pub verified: Result<(), NotVerified>,
}

/// Why a message is not from the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVerified {
    /// A header of Standard Webhooks is missing or cannot be read.
    #[error("a header is missing or wrong: {0}")]
    Header(&'static str),
    /// The message is older or newer than five minutes.
    #[error("the time of the message is more than five minutes away")]
    Time,
    /// No signature matches the secret.
    #[error("no signature matches the secret")]
    Signature,
}

impl WebhookReceiver {
    /// A receiver that knows these secrets.
    pub fn new(secrets: SigningSecrets, clock: Arc<dyn Clock>) -> Self {
        Self { secrets, clock, status: StatusCode::NO_CONTENT }
    }

    /// Answers verified deliveries with this status, for a test of what the service does then.
    #[must_use]
    pub fn answering(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Receives deliveries on every path, and calls `arrived` for each, until `stop` is cancelled.
    pub async fn serve(
        self,
        listener: TcpListener,
        arrived: impl Fn(Delivery) + Send + Sync + 'static,
        stop: CancellationToken,
    ) -> std::io::Result<()> {
        let receiver = Arc::new(self);
        let arrived = Arc::new(arrived);
        let receive = move |headers: HeaderMap, body: Bytes| {
            let delivery = receiver.read(&headers, &body);
            let status = if delivery.verified.is_ok() { receiver.status } else { StatusCode::UNAUTHORIZED };
            arrived(delivery);
            std::future::ready(status)
        };
        let router = Router::new().fallback(receive);
        axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
    }

    fn read(&self, headers: &HeaderMap, body: &[u8]) -> Delivery {
        let header = |name: &'static str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.ok_or(NotVerified::Header(name))
        };
        let verified = || {
            let (id, signatures) = (header("webhook-id")?, header("webhook-signature")?);
            let name = "webhook-timestamp";
            let seconds: i64 = header(name)?.parse().map_err(|_| NotVerified::Header(name))?;
            let sent = Timestamp::from_second(seconds).map_err(|_| NotVerified::Header(name))?;
            if !self.secrets.verify(id, seconds, body, signatures) {
                return Err(NotVerified::Signature);
            }
            let away = self.clock.now().duration_since(sent).abs();
            if away > TOLERANCE { Err(NotVerified::Time) } else { Ok(()) }
        };
        Delivery {
            id: header("webhook-id").unwrap_or_default().to_owned(),
            event: serde_json::from_slice(body).unwrap_or_default(),
            verified: verified(),
        }
    }
}

impl fmt::Debug for WebhookReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookReceiver").field("status", &self.status).finish_non_exhaustive()
    }
}
