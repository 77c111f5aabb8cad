//! The questions that are sent, and what the answers become.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use adapter_ledger::{HttpLedger, LedgerError};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_app::ports::{AccountDirectory as _, Clock, EventId, InstallationId, KeyGenerator, StoreError};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::ClientKey;
use jiff::Timestamp;
use signed_http::{Address, SigningSecrets, Timeouts};

use crate::server::{Answer, Server};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A clock that stands still.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-01-05T12:00:00Z".parse().unwrap()
    }
}

/// Keys that count.
#[derive(Default)]
struct Counter(AtomicU32);

impl Counter {
    fn next(&self) -> u128 {
        self.0.fetch_add(1, Ordering::Relaxed).into()
    }
}

impl KeyGenerator for Counter {
    fn client_key(&self) -> ClientKey {
        ClientKey::from_bits(self.next())
    }

    fn event_id(&self) -> EventId {
        EventId::from_bits(self.next())
    }

    fn document_id(&self) -> DocumentId {
        DocumentId::from_bits(self.next())
    }

    fn address_id(&self) -> AddressId {
        AddressId::from_bits(self.next())
    }

    fn content_key(&self, now: Timestamp) -> ContentKey {
        ContentKey::from_bits(now, self.next())
    }

    fn installation_id(&self) -> InstallationId {
        InstallationId::from_bits(self.next())
    }
}

fn ledger(address: SocketAddr) -> HttpLedger {
    let address = Address::parse(&format!("http://{address}/accounts?tenant=1")).unwrap();
    let timeouts = Timeouts { connect: Duration::from_millis(300), answer: Duration::from_millis(300) };
    let secrets = SigningSecrets::parse(SECRET).unwrap();
    HttpLedger::new(address, secrets, timeouts, Arc::new(Noon), Arc::new(Counter::default())).unwrap()
}

fn ada() -> ClientKey {
    ClientKey::from_bits(7)
}

#[tokio::test]
async fn a_question_is_a_signed_post_of_the_key() {
    let (server, address) = Server::start([Answer::of(200, r#"{"openAccounts":2}"#)]).await;
    let ledger = ledger(address);
    assert_eq!(ledger.open_accounts(&ada()).await.unwrap(), OpenAccounts::Count(2));
    let questions = server.questions();
    assert_eq!(questions.len(), 1);
    let question = &questions[0];
    assert!(question.head.starts_with("POST /accounts?tenant=1 HTTP/1.1\r\n"), "{}", question.head);
    assert_eq!(question.headers["content-type"], "application/json");
    assert_eq!(question.body, format!(r#"{{"contactEncodedKey":"{}"}}"#, ada().as_str()));
    assert_eq!(question.headers["webhook-timestamp"], "1767614400");
    let key = Key::new(HMAC_SHA256, &STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap());
    let signed = format!("{}.1767614400.{}", question.headers["webhook-id"], question.body);
    let signature = question.headers["webhook-signature"].strip_prefix("v1,").unwrap();
    verify(&key, signed.as_bytes(), &STANDARD.decode(signature).unwrap()).unwrap();
    assert_eq!(format!("{ledger:?}"), "HttpLedger { address: Address(http://127.0.0.1/…), .. }");
}

#[tokio::test]
async fn hostile_and_missing_answers_are_no_answer() {
    let text = |status: u16, head: &str| Answer::Text(format!("HTTP/1.1 {status} X\r\n{head}\r\n\r\n"));
    let long = format!(r#"{{"openAccounts":0{}}}"#, " ".repeat(8 * 1024));
    let drip = "HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n".to_owned();
    for (answer, error) in [
        (Answer::of(404, r#"{"openAccounts":0}"#), LedgerError::Status(404)),
        (Answer::of(500, r#"{"openAccounts":0}"#), LedgerError::Status(500)),
        (Answer::of(201, r#"{"openAccounts":0}"#), LedgerError::Status(201)),
        (text(204, ""), LedgerError::Status(204)),
        (text(302, "location: http://127.0.0.1:1/\r\ncontent-length: 0"), LedgerError::Status(302)),
        (Answer::of(200, ""), LedgerError::Malformed),
        (Answer::of(200, "<html>"), LedgerError::Malformed),
        (Answer::of(200, r#"{"openAccounts":-1}"#), LedgerError::Malformed),
        (Answer::of(200, r#"{"openAccounts":0,"more":1}"#), LedgerError::Malformed),
        (Answer::of(200, &long), LedgerError::TooLong),
        (
            Answer::Text(
                "HTTP/1.1 200 OK\r\ncontent-length: 30\r\nconnection: close\r\n\r\n{\"openAcc".to_owned(),
            ),
            LedgerError::TimedOut,
        ),
        (Answer::Drip(drip), LedgerError::TimedOut),
        (Answer::Silence, LedgerError::TimedOut),
        (Answer::Close, LedgerError::Unreachable),
        (Answer::Text("no HTTP at all\r\n\r\n".to_owned()), LedgerError::Unreachable),
    ] {
        let (_, address) = Server::start([answer.clone()]).await;
        let begin = Instant::now();
        assert_eq!(ledger(address).ask(&ada()).await, Err(error), "{answer:?}");
        assert!(begin.elapsed() < Duration::from_secs(2), "{answer:?}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn no_answer_is_an_error_of_the_port_and_names_no_client() {
    let (_, address) = Server::start([Answer::of(404, ada().as_str())]).await;
    let error = ledger(address).open_accounts(&ada()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(Some(_))), "{error:?}");
    assert!(!format!("{error:?}").contains(ada().as_str()), "{error:?}");
}

#[tokio::test]
async fn after_several_outages_nothing_is_asked_for_a_moment() {
    let (server, address) = Server::start(std::iter::repeat_n(Answer::Close, 20)).await;
    let ledger = ledger(address);
    let mut errors = Vec::new();
    for _ in 0..6 {
        errors.push(ledger.ask(&ada()).await.unwrap_err());
    }
    assert_eq!(errors[..3], [LedgerError::Unreachable; 3]);
    assert_eq!(errors[3..], [LedgerError::Paused; 3]);
    assert!(server.questions().len() <= 6, "a client may send a question again on a new connection");
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_is_no_outage() {
    let (server, address) = Server::start(std::iter::repeat_n(Answer::of(404, ""), 5)).await;
    let ledger = ledger(address);
    for _ in 0..5 {
        assert_eq!(ledger.ask(&ada()).await, Err(LedgerError::Status(404)));
    }
    assert_eq!(server.questions().len(), 5);
}
