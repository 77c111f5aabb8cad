//! The cost of large bodies for other callers: the latency of a health probe beside them, and the memory that they take.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::service::{Service, exports};

const MIB: usize = 1024 * 1024;
/// How much longer a probe may wait than without large bodies. The limit of a build without optimization is generous,
/// because other tests and the senders share the processors; a worker that decodes files itself still exceeds it.
const MAX_DELAY: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(1) } else { Duration::from_millis(20) };

fn exchange(address: &str, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    write!(stream, "{head}Host: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())
        .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    assert_eq!(bytes.len() % 3, 0, "padding is not implemented");
    let mut text = String::with_capacity(bytes.len() / 3 * 4);
    for chunk in bytes.chunks_exact(3) {
        let bits = chunk.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        text.extend([18, 12, 6, 0].map(|shift| char::from(*ALPHABET.get(bits >> shift & 63).unwrap())));
    }
    text
}

/// A command with a PDF of nearly 10 MiB for a client that does not exist. The file is decoded and inspected before the
/// client is looked up.
fn upload() -> Vec<u8> {
    let length = 10 * MIB - 1000;
    let mut pdf = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n4 0 obj<</Length {length}>>stream\n"
    )
    .into_bytes();
    pdf.resize(pdf.len() + length, b' ');
    pdf.extend_from_slice(b"\nendstream endobj\n");
    let table = pdf.len();
    pdf.extend_from_slice(
        format!("xref\n0 0\ntrailer<</Root 1 0 R/Size 5>>\nstartxref\n{table}\n%%EOF\n").as_bytes(),
    );
    pdf.resize(pdf.len().next_multiple_of(3), b'\n');
    let document = base64(&pdf);
    format!(
        r#"{{"commandName":"CreateIdentityDocumentCommand","data":{{"contactEncodedKey":"CUST9999999","identityType":2,"idNumber":"A01234567","issuingAuthority":"Immigration","issueDate":"2020-01-01","expiryDate":"2099-12-31","docExtension":".pdf","base64Doc":"{document}"}}}}"#
    )
    .into_bytes()
}

fn bomb(name: &str) -> Vec<u8> {
    let mut body = format!(r#"{{"commandName":"{name}","data":{{"a":[{{}}"#);
    while body.len() < 14 * MIB {
        body.push_str(r#",{"a":{}}"#);
    }
    body.push_str("]}}");
    body.into_bytes()
}

/// Sends all bodies concurrently, each `times` times, and probes the health in the meantime. Returns the answers, and the
/// 99th percentile of the latency of the probe.
fn probe_beside(service: &Service, token: &str, bodies: &[Vec<u8>], times: usize) -> (Vec<String>, Duration) {
    let head = format!(
        "POST /api/bpm/cmd HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n"
    );
    let done = AtomicBool::new(false);
    let (head, done) = (&head, &done);
    thread::scope(|scope| {
        let prober = scope.spawn(move || {
            let mut latencies = Vec::new();
            while !done.load(Ordering::Relaxed) || latencies.len() < 100 {
                let start = Instant::now();
                let answer = exchange(&service.address, "GET /healthz HTTP/1.1\r\n", b"");
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                latencies.push(start.elapsed());
                thread::sleep(Duration::from_millis(2));
            }
            latencies.sort();
            *latencies.get(latencies.len() * 99 / 100).unwrap()
        });
        let senders: Vec<_> = bodies
            .iter()
            .map(|body| {
                let send = move |_| exchange(&service.address, head, body);
                scope.spawn(move || (0..times).map(send).collect::<Vec<_>>())
            })
            .collect();
        let answers = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
        done.store(true, Ordering::Relaxed);
        (answers, prober.join().unwrap())
    })
}

/// The peak memory of the process since the last reset, in KiB.
fn peak_memory(service: &Service) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn large_uploads_and_json_bombs_do_not_delay_other_requests() {
    let mut service = Service::start(&[], &[]);
    let tokens = exports(&service.first_screen("/docs"));
    let token = tokens.first().unwrap().1.as_str();

    let (_, idle) = probe_beside(&service, token, &[], 0);
    println!("idle: p99 of /healthz {idle:?}");
    // 5 resets the peak to the present memory.
    std::fs::write(format!("/proc/{}/clear_refs", service.pid()), "5").unwrap();
    let before = peak_memory(&service);
    let bombs = [
        "NoSuchCommand",
        "CreateContactCommand",
        "CreateIdentityDocumentCommand",
        "CreateIdentityDocumentCommand",
    ];
    let (answers, p99) = probe_beside(&service, token, &bombs.map(bomb), 2);
    let growth = peak_memory(&service).saturating_sub(before);
    println!("four bombs of 14 MiB: p99 of /healthz {p99:?}, {} MiB more memory", growth / 1024);
    for answer in answers {
        assert!(answer.contains("too_complex") || answer.contains("body_too_large"), "{answer}");
    }
    assert!(growth < 64 * 1024, "{growth} KiB");
    assert!(p99 < idle + MAX_DELAY, "{p99:?}");

    let upload = upload();
    let (answers, p99) = probe_beside(&service, token, &[upload.clone(), upload.clone(), upload], 3);
    println!("three senders of 10 MiB in base64: p99 of /healthz {p99:?}");
    for answer in answers {
        assert!(answer.contains("client_not_found"), "{answer}");
    }
    assert!(p99 < idle + MAX_DELAY, "{p99:?}");
    assert_eq!(service.stop().code, Some(0));
}
