//! Traces: spans reach a collector, `traceparent` comes in and goes out, and no span holds a personal value.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use throwaway_postgres::Cluster;

use crate::service::{Service, call, shell, wait_a_moment};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const CLIENT: &str = r#"{"commandName":"CreateContactCommand","data":{"firstName":"Ngozi","lastName":"Balogun","emailAddress":"ngozi.balogun@example.com","phoneNumber":"+234 809 765 4321","dateOfBirth":"1988-11-02","gender":"Female","address":"7 Awolowo Way","city":"Ikeja","state":"Lagos","country":"Nigeria","identificationType":"International Passport","identificationNumber":"B09876543"}}"#;
const LIST: &str = r#"{"queryName":"RetrieveContactListQuery","data":{"searchTerm":"Balogun"}}"#;

/// A request that was received: the head as text, and the body.
type Received = (String, Vec<u8>);

/// Answers 200 to every request, and keeps it.
#[derive(Clone)]
struct Receiver {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self { address: listener.local_addr().unwrap().to_string(), received: Arc::default() };
        let kept = receiver.received.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = kept.clone();
                std::thread::spawn(move || serve(stream.unwrap(), &kept));
            }
        });
        receiver
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    fn wait_for(&self, count: usize) {
        let began = Instant::now();
        while self.received().len() < count {
            assert!(began.elapsed() < Duration::from_secs(30), "{} received nothing", self.address);
            wait_a_moment();
        }
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Received>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push((head, body));
        writer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
    }
}

fn holds(bodies: &[Received], bytes: &[u8]) -> bool {
    bodies.iter().any(|(_, body)| body.windows(bytes.len()).any(|window| window == bytes))
}

fn bytes_of(trace: &str) -> [u8; 16] {
    u128::from_str_radix(trace, 16).unwrap().to_be_bytes()
}

fn token() -> String {
    let printed = call(&["token"], &[("CLIENTS_JWT_HS256_SECRET", SECRET)]);
    String::from_utf8(printed.stdout).unwrap().trim().to_owned()
}

/// Sends a request within a trace of the caller.
fn send(service: &Service, path: &str, traceparent: &str, body: &str) -> String {
    let script = format!(
        "curl -s http://{}{path} -H 'Content-Type: application/json' -H \"Authorization: Bearer $TOKEN\" \
         -H 'traceparent: {traceparent}' -d '{body}'",
        service.address
    );
    shell(&script, &[("TOKEN".to_owned(), token())])
}

#[test]
fn spans_of_a_request_its_statements_its_delivery_and_its_jobs_reach_the_collector() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let url = cluster.url("postgres");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (place, statements) in [
        (("DATABASE_URL", url.as_str()), ["postgresql", "commit_insert", "search"]),
        (("CLIENTS_DATA", data.to_str().unwrap()), ["sqlite", "write_group", "read"]),
    ] {
        let (collector, hooks) = (Receiver::start(), Receiver::start());
        let (endpoint, webhook) =
            (format!("http://{}", collector.address), format!("http://{}/hook", hooks.address));
        let mut settings = vec![
            place,
            ("CLIENTS_JWT_HS256_SECRET", SECRET),
            ("CLIENTS_WEBHOOK", &webhook),
            ("CLIENTS_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            ("CLIENTS_OTLP_ENDPOINT", &endpoint),
            ("CLIENTS_OTLP_SAMPLE", "100"),
            ("CLIENTS_TRUST_TRACEPARENT", "on"),
        ];
        if place.0 == "DATABASE_URL" {
            settings.extend([("CLIENTS_DEVELOPMENT", "on"), ("CLIENTS_ACCEPT_DATA_LOSS", "on")]);
        }
        let service = Service::start(&["serve"], &settings);
        let (recorded, other) = ("4bf92f3577b34da6a3ce929d0e0e4736", "11112222333344445555666677778888");
        let parent = "00f067aa0ba902b7";
        let created = send(&service, "/api/bpm/cmd", &format!("00-{recorded}-{parent}-01"), CLIENT);
        assert!(created.contains("\"statusCode\":\"00\""), "{created}");
        send(&service, "/api/bpm/qry", &format!("00-{recorded}-{parent}-01"), LIST);
        // Its caller says that this one is not recorded.
        send(&service, "/api/bpm/qry", &format!("00-{other}-{parent}-00"), LIST);
        // A method that the caller has made up is not written into a span.
        shell(&format!("curl -s -X NGOZI-OF-{recorded} http://{}/", service.address), &[]);
        hooks.wait_for(1);
        let log = service.stop().stderr;

        let spans = collector.received();
        assert!(!spans.is_empty(), "{log}");
        assert!(spans.iter().all(|(head, _)| head.starts_with("post /v1/traces http/1.1\r\n")), "{spans:?}");
        let names =
            ["POST /api/bpm/cmd", "CreateContactCommand", "commit", "deliver event", "work_queue_age"];
        let attributes = [
            "http.request.method",
            "http.route",
            "http.response.status_code",
            "db.system.name",
            "db.operation.name",
            "cloudevents.event_id",
            "service.name",
        ];
        for text in names.iter().chain(&attributes).chain(&statements) {
            assert!(holds(&spans, text.as_bytes()), "{text} for {place:?}");
        }
        assert!(holds(&spans, &bytes_of(recorded)), "the trace of the caller goes on");
        assert!(!holds(&spans, &bytes_of(other)), "what the caller does not record is not sent");
        for personal in
            ["NGOZI-OF", "Ngozi", "Balogun", "809", "1988-11-02", "Awolowo", "B09876543", "Bearer", "eyJ"]
        {
            assert!(!holds(&spans, personal.as_bytes()), "{personal}");
        }

        // The delivery is a trace of its own, and tells the receiver which.
        let (head, _) = hooks.received().remove(0);
        let sent = head.lines().find_map(|line| line.strip_prefix("traceparent: 00-")).unwrap();
        assert!(sent.ends_with("-01"), "{sent}");
        let trace = sent.split('-').next().unwrap();
        assert!(trace != recorded && holds(&spans, &bytes_of(trace)), "{sent}");

        for trace in [recorded, other] {
            let line = log.lines().find(|line| line.contains(&format!("trace_id=\"{trace}\"")));
            assert!(line.is_some_and(|line| line.contains("request done")), "{trace} in {log}");
        }
        assert!(!log.contains("statement{"), "spans of traces are in the log: {log}");
    }
}

#[test]
fn without_a_collector_nothing_is_sent_and_a_share_of_none_sends_nothing() {
    let (collector, hooks) = (Receiver::start(), Receiver::start());
    let (endpoint, webhook) =
        (format!("http://{}", collector.address), format!("http://{}/hook", hooks.address));
    let common = [
        ("CLIENTS_JWT_HS256_SECRET", SECRET),
        ("CLIENTS_WEBHOOK", webhook.as_str()),
        ("CLIENTS_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ];
    let without_share = [("CLIENTS_OTLP_ENDPOINT", endpoint.as_str()), ("CLIENTS_OTLP_SAMPLE", "0")];
    for (number, traces) in [&[][..], &without_share].into_iter().enumerate() {
        let service = Service::start(&["serve"], &[&common, traces].concat());
        // Without the setting, the flag of a stranger has nothing recorded.
        let stranger = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let created = send(&service, "/api/bpm/cmd", stranger, CLIENT);
        assert!(created.contains("\"statusCode\":\"00\""), "{created}");
        hooks.wait_for(number + 1);
        service.stop();
    }
    assert!(collector.received().is_empty());
    assert!(hooks.received().iter().all(|(head, _)| !head.contains("traceparent")));
}

#[test]
fn a_collector_that_is_away_is_counted_and_stops_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{closed}");
    let service = Service::start(
        &["serve"],
        &[
            ("CLIENTS_JWT_HS256_SECRET", SECRET),
            ("CLIENTS_OTLP_ENDPOINT", endpoint.as_str()),
            ("CLIENTS_OTLP_SAMPLE", "100"),
        ],
    );
    assert!(send(&service, "/api/bpm/cmd", "none", CLIENT).contains("\"statusCode\":\"00\""));
    let began = Instant::now();
    loop {
        let metrics = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
        let failures = metrics.lines().find_map(|line| line.strip_prefix("otlp_export_failures_total "));
        if failures.unwrap() != "0" {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(40), "{metrics}");
        wait_a_moment();
    }
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn a_collector_that_never_answers_holds_up_neither_requests_nor_the_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, sent) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            // Kept open, never answered.
            open.push(stream);
            let _test_has_ended = sender.send(());
        }
    });
    let service = Service::start(
        &["serve"],
        &[
            ("CLIENTS_JWT_HS256_SECRET", SECRET),
            ("CLIENTS_OTLP_ENDPOINT", endpoint.as_str()),
            ("CLIENTS_OTLP_SAMPLE", "100"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ],
    );
    assert!(send(&service, "/api/bpm/cmd", "none", CLIENT).contains("\"statusCode\":\"00\""));
    sent.recv_timeout(Duration::from_secs(30)).unwrap();
    let began = Instant::now();
    for _ in 0..5 {
        assert!(send(&service, "/api/bpm/qry", "none", LIST).contains("Balogun"));
    }
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "requests wait for the collector: {:?}",
        began.elapsed()
    );
    let began = Instant::now();
    let ended = service.stop();
    let took = began.elapsed();
    assert_eq!(ended.code, Some(0));
    assert!(took < Duration::from_secs(9), "the stop waits for the collector: {took:?}");
    assert!(ended.stderr.contains("the last spans were not sent"), "{}", ended.stderr);
}
