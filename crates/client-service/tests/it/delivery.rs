//! A service that delivers events to a webhook.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::service::{Service, call, first_approval, first_creation, shell};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver that refuses the first message and accepts the others. The channel gets the head and the body of each.
pub fn receiver() -> (String, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hooks", listener.local_addr().unwrap());
    let (sender, messages) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut text = Vec::new();
            let (head, body) = loop {
                let mut buffer = [0; 4096];
                let length = stream.read(&mut buffer).unwrap();
                text.extend(buffer.iter().take(length));
                let Ok(text) = std::str::from_utf8(&text) else { continue };
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                if let Ok(body) = serde_json::from_str(body) {
                    break (head.to_owned(), body);
                }
            };
            let status = if number == 0 { 500 } else { 204 };
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            if sender.send((head, body)).is_err() {
                return;
            }
        }
    });
    (address, messages)
}

fn metric(service: &Service, name: &str, receiver: &str) -> Option<String> {
    let name = format!("{name}{{receiver=\"{receiver}\"}} ");
    let text = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
    text.lines().find_map(|line| line.strip_prefix(&name).map(str::to_owned))
}

#[test]
fn service_with_a_webhook_delivers_and_counts_events() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    for place in [&["--in-memory"][..], &["--data", data]] {
        delivers_and_counts(place);
    }
}

fn delivers_and_counts(place: &[&str]) {
    let (address, received) = receiver();
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    writeln!(secret, "{SECRET}").unwrap();
    let file = secret.path().to_str().unwrap();
    let environment = [("CLIENTS_WEBHOOK", address.as_str()), ("CLIENTS_WEBHOOK_SECRET_FILE", file)];
    let mut service = Service::start(place, &environment);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    shell(&first_approval(&screen), &[]);

    let messages: Vec<_> = (0..3).map(|_| received.recv_timeout(Duration::from_mins(1)).unwrap()).collect();
    let types: Vec<_> = messages.iter().map(|(_, event)| event["type"].as_str().unwrap()).collect();
    let (created, approved) = ("clients.ClientCreated.v1", "clients.ClientApproved.v1");
    assert_eq!(types, [created, created, approved], "a refused event is delivered again before the next one");
    let event = |at: usize| messages.get(at).map(|(_, event)| event);
    assert_eq!(event(0), event(1));
    assert!(messages.iter().all(|(head, _)| head.contains("webhook-signature: v1,")), "{messages:?}");

    let mut delivered = metric(&service, "outbox_delivered_total", "default");
    for _ in 0..100 {
        if delivered.as_deref() == Some("2") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        delivered = metric(&service, "outbox_delivered_total", "default");
    }
    assert_eq!(delivered.as_deref(), Some("2"));
    assert_eq!(metric(&service, "outbox_failed_attempts_total", "default").as_deref(), Some("1"));
    assert_eq!(metric(&service, "outbox_dead_lettered_total", "default").as_deref(), Some("0"));
    assert_eq!(metric(&service, "outbox_dead_letters", "default").as_deref(), Some("0"));
    assert!(metric(&service, "outbox_oldest_waiting_seconds", "default").is_some());
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(&SECRET[6..]) && !ended.stderr.contains("/hooks"), "{}", ended.stderr);
}

#[test]
fn service_with_the_relay_off_delivers_nothing_and_measures_the_backlog() {
    let (address, received) = receiver();
    let arguments = ["--webhook", address.as_str(), "--webhook-secret", SECRET, "--relay", "off"];
    let mut service = Service::start(&arguments, &[]);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    assert!(received.recv_timeout(Duration::from_secs(3)).is_err());
    assert_eq!(metric(&service, "outbox_delivered_total", "default").as_deref(), Some("0"));
    assert_eq!(service.stop().code, Some(0));
}

/// The first receiver and another one are down; the third one gets its types, and a receiver that is gone is forgotten.
#[test]
fn receivers_get_their_types_and_wait_for_no_other() {
    let (address, received) = receiver();
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    writeln!(secret, "{SECRET}").unwrap();
    let file = secret.path().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let letters = format!("name=letters,url={address},secret-file={file},types=ClientCreated+ClientApproved");
    let down = format!("name=down,url=http://127.0.0.1:9/,secret-file={file}");
    let webhook = ["--data", data, "--webhook", "http://127.0.0.1:9/", "--webhook-secret-file", file];
    let receivers = ["--webhook-receiver", letters.as_str(), "--webhook-receiver", down.as_str()];
    let mut service = Service::start(&[&webhook[..], &receivers[..]].concat(), &[]);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    shell(&first_approval(&screen), &[]);
    let types = (0..3).map(|_| received.recv_timeout(Duration::from_mins(1)).unwrap().1["type"].clone());
    let types: Vec<_> = types.map(|event| event.as_str().unwrap().to_owned()).collect();
    assert_eq!(types, ["clients.ClientCreated.v1", "clients.ClientCreated.v1", "clients.ClientApproved.v1"]);
    for _ in 0..100 {
        if metric(&service, "outbox_delivered_total", "letters").as_deref() == Some("2") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let delivered = |receiver| metric(&service, "outbox_delivered_total", receiver);
    assert_eq!(delivered("letters").as_deref(), Some("2"));
    for receiver in ["default", "down"] {
        assert_eq!(delivered(receiver).as_deref(), Some("0"), "{receiver}");
        assert!(metric(&service, "outbox_failed_attempts_total", receiver).is_some(), "{receiver}");
    }
    let ended = service.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(&SECRET[6..]) && !ended.stderr.contains("/hooks"), "{}", ended.stderr);
    assert!(ended.stderr.contains("name=letters,url=http://127.0.0.1:"), "{}", ended.stderr);

    let receivers = |arguments: &[&str]| {
        let words = [&["receivers", "--data", data][..], arguments].concat();
        let output =
            std::process::Command::new(env!("CARGO_BIN_EXE_client-service")).args(words).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (_, listed) = receivers(&["list"]);
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown: Vec<_> =
        listed.iter().map(|one| (&one["receiver"], one["oldestUndelivered"].is_null())).collect();
    assert_eq!(shown, [(&Value::from("down"), false), (&Value::from("letters"), true)]);
    assert_eq!(receivers(&["forget", "--receiver", "down"]), (true, "forgotten\n".to_owned()));
    assert!(!receivers(&["forget", "--receiver", "down"]).0, "it is forgotten");
    assert!(!receivers(&["forget", "--receiver", "default"]).0);
    assert_eq!(receivers(&["list"]).1.lines().count(), 1);
}

#[test]
fn dead_letters_that_are_not_there_are_not_sent_again() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&secret, SECRET).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let file = secret.path().to_str().unwrap();
    let webhook = ["--webhook", "http://127.0.0.1:9/", "--webhook-secret-file", file, "--webhook-attempts=1"];
    let mut service = Service::start(&[&["--data", data][..], &webhook].concat(), &[]);
    let screen = service.first_screen("/docs");
    shell(&first_creation(&screen), &[]);
    let is_dead = || metric(&service, "outbox_dead_letters", "default").as_deref() == Some("1");
    for _ in 0..600 {
        if is_dead() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(is_dead());
    assert_eq!(service.stop().code, Some(0));

    let dead_letters = |arguments: &[&str]| {
        let output = call(&[&["dead-letters", "--data", data], arguments].concat(), &[]);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), text)
    };
    for (arguments, sentence) in [
        (&["--event", "nothing"][..], "--event: the receiver has no dead letter with this id"),
        (&["--client", "nothing"], "--client: the receiver has no dead letter of this client"),
        (&["--client", "CUST9999999"], "--client: no client has this customer number"),
        (&["--all", "--receiver", "ghost"], "--receiver: no receiver ghost is registered"),
    ] {
        let (code, text) = dead_letters(&[&["resend"], arguments].concat());
        assert_eq!(code, Some(1), "{arguments:?}: {text}");
        assert!(text.contains(sentence), "{arguments:?}: {text}");
    }
    let number = ["resend", "--client", "CUST1000001"];
    let (code, text) = dead_letters(&number);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 will be sent again"), "{text}");
    // It is no dead letter any more.
    assert_eq!(dead_letters(&number).0, Some(1));
    assert_eq!(dead_letters(&["resend", "--all"]).0, Some(0));
}
