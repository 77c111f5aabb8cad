//! The service, the relay and a receiver that is down, comes back and fails now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_inmem::FixedClock;
use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};
use client_app::ports::Outbox as _;
use client_app::relay::{PollBackoff, PollBackoffSettings, Relay, RelaySettings};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::bank::{Bank, NOW, With as _, applicant};

/// How the receiver handles a delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    /// Closes the connection without an answer.
    Down,
    /// Accepts, but answers every n-th message with 500 or 503; every other one of these it records nevertheless.
    FailsEach(usize),
    Well,
}

/// A receiver that records what it has accepted, and everything else that it got.
struct Receiver {
    mood: Mutex<Mood>,
    count: AtomicUsize,
    /// The bodies under each id, accepted or not.
    seen: Mutex<BTreeMap<String, Vec<Vec<u8>>>>,
    accepted: Mutex<Vec<Value>>,
}

impl Receiver {
    async fn start() -> (Arc<Self>, SocketAddr) {
        let receiver = Arc::new(Self {
            mood: Mutex::new(Mood::Down),
            count: AtomicUsize::default(),
            seen: Mutex::default(),
            accepted: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = receiver.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let receiver = serving.clone();
                tokio::spawn(async move { receiver.serve(stream).await });
            }
        });
        (receiver, address)
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn serve(&self, mut stream: TcpStream) {
        while let Some((id, body)) = read(&mut stream).await {
            let mood = *self.mood.lock().unwrap();
            if mood == Mood::Down {
                return;
            }
            self.seen.lock().unwrap().entry(id).or_default().push(body.clone());
            let count = self.count.fetch_add(1, Ordering::SeqCst);
            let status = match mood {
                Mood::FailsEach(each) if count % each == each - 1 => [500, 503][count / each % 2],
                _ => 204,
            };
            if status == 204 {
                self.accepted.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            }
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// The `webhook-id` and the body of a message.
async fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let length: usize = header("content-length:").parse().unwrap();
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    Some((header("webhook-id:"), body))
}

/// Creates clients, approves them and puts them on the blacklist.
async fn order(bank: &Bank, numbers: std::ops::Range<usize>) {
    for n in numbers {
        let created = bank.maker("CreateContactCommand", applicant(n)).await;
        let key = json!({ "contactEncodedKey": created.data()["contactEncodedKey"] });
        bank.maker("UpdateContactCommand", key.clone().with(json!({ "city": "Abuja" }))).await.data();
        bank.checker("ApproveCustomerCommand", key.clone()).await.data();
        bank.checker("BlacklistCustomerCommand", key.with(json!({ "reason": "Listed." }))).await.data();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn receiver_outage_loses_and_reorders_no_event() {
    let bank = Bank::open().await;
    let (receiver, address) = Receiver::start().await;
    let clock = FixedClock::new(NOW.parse().unwrap());
    let webhook = Webhook::new(
        Address::parse(&format!("http://{address}/")).unwrap(),
        SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap(),
        Limits::default(),
        Arc::new(clock.clone()),
    );
    let outbox = Arc::new(bank.store.clone());
    let relay =
        Relay::new(outbox, Arc::new(webhook.unwrap()), Arc::new(clock.clone()), RelaySettings::default());
    let mut backoff = PollBackoff::new(PollBackoffSettings::default());
    let mut work = async |rounds: usize| {
        let (mut failed, mut pauses) = (0, Duration::ZERO);
        for _ in 0..rounds {
            let round = relay.round(backoff.limit()).await.unwrap();
            failed += round.failed;
            let rest = backoff.after(&round);
            pauses += rest;
            clock.advance(rest);
        }
        (failed, pauses)
    };

    order(&bank, 0..10).await;
    let (attempts, pauses) = work(30).await;
    assert!((20..=60).contains(&attempts), "{attempts} attempts in {pauses:?} of being down");
    assert!(pauses > Duration::from_mins(15), "it is left alone: {pauses:?}");
    assert!(receiver.accepted.lock().unwrap().is_empty());

    receiver.is(Mood::FailsEach(5));
    order(&bank, 10..20).await;
    let (failed, _) = work(60).await;
    assert!(failed > 5, "{failed}");
    receiver.is(Mood::Well);
    // Longer than any retry delay that an event can have reached.
    work(60 * 60).await;
    let backlog = bank.store.backlog().await.unwrap()[&client_app::ports::ReceiverName::DEFAULT];
    assert_eq!(backlog, client_app::ports::Backlog::default(), "nothing waits");

    let accepted = receiver.accepted.lock().unwrap().clone();
    let mut by_client: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for event in &accepted {
        let versions = by_client.entry(event["subject"].as_str().unwrap()).or_default();
        versions.push(event["data"]["version"].as_u64().unwrap());
    }
    assert_eq!(by_client.len(), 20, "nothing is lost");
    for (client, versions) in by_client {
        assert_eq!(versions, [1, 2, 3, 4], "{client}: in order, and once, because every note was made");
    }
    let seen = receiver.seen.lock().unwrap();
    assert_eq!(seen.len(), 80);
    assert!(seen.values().filter(|bodies| bodies.len() > 1).count() >= 5, "some came again");
    for (id, bodies) in seen.iter() {
        assert_eq!(bodies.iter().collect::<BTreeSet<_>>().len(), 1, "{id}: the same bytes each time");
        let body: Value = serde_json::from_slice(&bodies[0]).unwrap();
        assert_eq!(body["id"], id.as_str());
    }
}
