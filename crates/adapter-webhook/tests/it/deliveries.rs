//! The messages that are sent, and the results of the answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};
use client_app::ports::{Clock, DeliveryFailure, EventId, EventReceiver as _, OutboxEvent, Rejection};
use client_domain::{Actor, AuditStamp, Client, example};
use jiff::{SignedDuration, Timestamp};

use crate::receiver::{Answer, Receiver};
use crate::signature::is_signed_by;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW: &str = "2026-01-05T09:00:00Z";

/// A clock that advances by a minute with each reading.
#[derive(Default)]
struct Minutes(AtomicI64);

impl Clock for Minutes {
    fn now(&self) -> Timestamp {
        let start: Timestamp = NOW.parse().unwrap();
        start + SignedDuration::from_mins(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn event() -> OutboxEvent {
    let maker = AuditStamp::new(Actor::parse("maker-1").unwrap(), NOW.parse().unwrap());
    OutboxEvent::of(&Client::onboard(example::application().unwrap(), &maker).event, EventId::from_bits(7))
}

fn webhook(address: SocketAddr) -> Webhook {
    let address = Address::parse(&format!("http://{address}/hooks/clients?tenant=1")).unwrap();
    let secrets = SigningSecrets::parse(&format!("{NEW} {OLD}")).unwrap();
    let limits = Limits { connect: Duration::from_millis(500), answer: Duration::from_millis(500) };
    Webhook::new(address, secrets, limits, Arc::new(Minutes::default())).unwrap()
}

/// Delivers to a receiver with this answer, and returns the result and the duration.
async fn deliver(answer: Answer) -> (Result<(), Rejection>, Duration) {
    let (_, address) = Receiver::start([answer]).await;
    let start = Instant::now();
    (webhook(address).deliver(&event()).await, start.elapsed())
}

fn text_answer(status: u16, headers: &str, body: &str) -> Answer {
    let length = body.len();
    Answer::Text(format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}"))
}

#[tokio::test]
async fn message_is_a_signed_cloud_event() {
    let (receiver, address) = Receiver::start([]).await;
    assert_eq!(webhook(address).deliver(&event()).await, Ok(()));
    let messages = receiver.messages();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert!(message.head.starts_with("POST /hooks/clients?tenant=1 HTTP/1.1\r\n"), "{}", message.head);
    assert_eq!(message.headers["content-type"], "application/cloudevents+json; charset=utf-8");
    let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(body, event().to_cloud_event());
    assert_eq!(message.headers["webhook-id"], body["id"].as_str().unwrap());

    let [id, timestamp, signature] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| message.headers[name].as_str());
    assert_eq!(timestamp, "1767603600");
    for secret in [OLD, NEW] {
        assert!(is_signed_by(secret, id, timestamp, &message.body, signature), "{signature}");
    }
    assert!(!is_signed_by("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", id, timestamp, &message.body, signature));
}

#[tokio::test]
async fn retry_sends_the_same_id_and_bytes_with_a_new_signature() {
    let (receiver, address) = Receiver::start([Answer::status(500)]).await;
    let webhook = webhook(address);
    assert!(webhook.deliver(&event()).await.is_err());
    assert_eq!(webhook.deliver(&event()).await, Ok(()));
    let [first, second] = <[_; 2]>::try_from(receiver.messages()).unwrap();
    assert_eq!((&first.headers["webhook-id"], &first.body), (&second.headers["webhook-id"], &second.body));
    assert_ne!(first.headers["webhook-timestamp"], second.headers["webhook-timestamp"]);
    assert_ne!(first.headers["webhook-signature"], second.headers["webhook-signature"]);
    assert_eq!(first.connection, second.connection, "the connection is used again");
}

#[tokio::test]
async fn only_status_200_to_299_acknowledges() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(deliver(Answer::status(status)).await.0, Ok(()), "{status}");
    }
    for status in [301, 302, 307, 308, 400, 401, 404, 410, 413, 429, 500, 502, 503, 504, 599] {
        let why = DeliveryFailure::Refused { status };
        assert_eq!(deliver(Answer::status(status)).await.0, Err(why.into()), "{status}");
    }
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let (elsewhere, other) = Receiver::start([]).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = text_answer(status, &format!("location: http://{other}/\r\n"), "");
        assert_eq!(deliver(answer).await.0, Err(DeliveryFailure::Refused { status }.into()));
    }
    assert!(elsewhere.messages().is_empty(), "the other host gets no message");
}

#[tokio::test]
async fn retry_after_is_honoured_on_429_and_503_only() {
    for (status, headers, seconds) in [
        (429, "retry-after: 120\r\n", Some(120)),
        (503, "Retry-After: 7\r\n", Some(7)),
        (503, "retry-after: later\r\n", None),
        (503, "", None),
        (500, "retry-after: 120\r\n", None),
        (404, "retry-after: 120\r\n", None),
    ] {
        let (why, retry_after) = (DeliveryFailure::Refused { status }, seconds.map(Duration::from_secs));
        assert_eq!(
            deliver(text_answer(status, headers, "")).await.0,
            Err(Rejection { why, retry_after }),
            "{headers}"
        );
    }
    // The clock is read for the timestamp, and a minute later for this header.
    let date = "retry-after: Mon, 05 Jan 2026 09:03:00 GMT\r\n";
    assert_eq!(
        deliver(text_answer(503, date, "")).await.0.unwrap_err().retry_after,
        Some(Duration::from_mins(2))
    );
}

#[tokio::test]
async fn silent_receiver_times_out() {
    let (answer, took) = deliver(Answer::Silence).await;
    assert_eq!(answer, Err(DeliveryFailure::TimedOut.into()));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn missing_or_closing_receiver_is_unreachable() {
    assert_eq!(deliver(Answer::Close).await.0, Err(DeliveryFailure::Unreachable.into()));
    assert_eq!(
        deliver(Answer::Text("nonsense\r\n\r\n".to_owned())).await.0,
        Err(DeliveryFailure::Unreachable.into())
    );
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(webhook(closed).deliver(&event()).await, Err(DeliveryFailure::Unreachable.into()));
}

#[tokio::test]
async fn endless_answer_does_not_delay_the_result() {
    let endless = |status| match status {
        200 => "HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n",
        _ => "HTTP/1.1 500 X\r\ncontent-length: 1000000000\r\n\r\n",
    };
    let (accepted, took) = deliver(Answer::Drip(endless(200))).await;
    assert_eq!(accepted, Ok(()), "the status decides");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(
        deliver(Answer::Drip(endless(500))).await.0,
        Err(DeliveryFailure::Refused { status: 500 }.into())
    );
}

#[tokio::test]
async fn huge_answer_is_not_read() {
    let (receiver, address) = Receiver::start([text_answer(200, "", &"x".repeat(50_000_000))]).await;
    let webhook = webhook(address);
    assert_eq!(webhook.deliver(&event()).await, Ok(()));
    assert_eq!(webhook.deliver(&event()).await, Ok(()));
    let connections: Vec<_> = receiver.messages().iter().map(|message| message.connection).collect();
    assert_eq!(connections, [0, 1], "the rest of the answer was dropped with its connection");
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let address = Address::parse("https://me:hidden@hooks.example/hidden?hidden").unwrap();
    let secrets = SigningSecrets::parse(OLD).unwrap();
    let webhook = Webhook::new(address, secrets, Limits::default(), Arc::new(Minutes::default())).unwrap();
    let shown = format!("{webhook:?}");
    assert!(shown.contains("hooks.example") && !shown.contains("hidden") && !shown.contains("Mf"), "{shown}");
}
