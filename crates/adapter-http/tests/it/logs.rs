//! One line for each failure, at the level of its severity, without any value of the request.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use adapter_http::{CallerHashKey, Limits, RequestLog};
use axum::routing::get;
use axum::{Extension, Router};
use client_app::CallerAddress;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{CMD, QRY, Running, bare, bearing, command, post, short};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Lines {
    /// Takes the lines so far.
    fn take(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }
}

/// Captures everything down to `TRACE` on this thread, where the whole server of a test runs.
fn capture() -> (Lines, tracing::subscriber::DefaultGuard) {
    // Other tests run without a subscriber; one for all keeps their first use of a line from switching it off here.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    (lines, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn failure_is_one_line_at_its_level() {
    let (lines, _guard) = capture();
    let server = Running::start(short()).await;
    for (request, level, fields) in [
        (command("Fail", &json!({"code": "too_short"})), "DEBUG", "status=400 codes=\"too_short\""),
        (command("Fail", &json!({"code": "invalid_status"})), "INFO", "status=409 codes=\"invalid_status\""),
        (command("Fail", &json!({"code": "client_not_found"})), "INFO", "status=404"),
        (command("Fail", &json!({"code": "four_eyes"})), "INFO", "status=403"),
        (command("Fail", &json!({"code": "permission_missing"})), "WARN", "status=403"),
        (command("Fail", &json!({"code": "store_unavailable"})), "ERROR", "status=503"),
        (command("Panic", &json!({})), "ERROR", "status=500 codes=\"internal\""),
        (
            bare(CMD, "Authorization: Bearer x\r\n", ""),
            "INFO",
            "status=401 codes=\"token_invalid\" reason=\"shape\"",
        ),
        (bare(QRY, "", ""), "INFO", "status=401 codes=\"token_missing\" reason=\"missing\""),
    ] {
        lines.take();
        let request = request.replacen("\r\n", "\r\nX-Request-Id: find-me\r\n", 1);
        server.request(&request).await;
        let own_lines: Vec<_> =
            lines.take().into_iter().filter(|line| line.contains("adapter_http")).collect();
        let failures: Vec<_> = own_lines.iter().filter(|line| line.contains("request failed")).collect();
        let [line] = failures.as_slice() else { panic!("{fields}: {own_lines:#?}") };
        assert!(line.contains(level) && line.contains(fields), "{line}");
        assert!(line.contains("request_id=\"find-me\"") && line.contains("latency_ms="), "{line}");
        assert!(line.contains("path=\"/api/bpm/") && line.contains("peer=127.0.0.1"), "{line}");
    }
    server.stop().await;
}

#[tokio::test]
async fn every_request_is_one_line_with_its_operation_and_its_caller_hashed() {
    let (lines, _guard) = capture();
    let log = RequestLog::all().with_callers(CallerHashKey::parse("0123456789abcdef").unwrap());
    let server = Running::with_request_log(short(), log).await;
    let subject = "maker-1";
    let token = crate::fixture::token(subject);
    let echo = json!({"cmd": "Echo", "data": {}}).to_string();
    let bad = json!({"cmd": "Fail", "data": {"code": "too_short"}}).to_string();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n");
    // The first digits of the HMAC-SHA-256 of the subject.
    let caller = "caller=cc33df305b3a2e4d";
    for (request, level, fields) in [
        (bearing(&token, CMD, "", &echo), "INFO", vec!["operation=\"Echo\"", "status=200", caller]),
        (
            bearing(&token, CMD, "", &bad),
            "INFO",
            vec!["operation=\"Fail\"", "status=400", "codes=\"too_short\"", caller],
        ),
        // Refused before its body is read.
        (
            bearing(&token, &format!("{CMD}?a=b"), "", &echo),
            "INFO",
            vec!["operation=\"/api/bpm/cmd\"", "status=400", caller],
        ),
        (bare(CMD, "", ""), "INFO", vec!["status=401", "codes=\"token_missing\""]),
        (get("/openapi.json"), "INFO", vec!["operation=\"/openapi.json\"", "status=200"]),
        (get("/nowhere"), "INFO", vec!["operation=\"unmatched\"", "status=404"]),
    ] {
        lines.take();
        server.request(&request.replacen("\r\n", "\r\nX-Request-Id: find-me\r\n", 1)).await;
        let all = lines.take();
        let of_request: Vec<_> = all
            .iter()
            .filter(|line| line.contains("request done") || line.contains("request failed"))
            .collect();
        let [line] = of_request.as_slice() else { panic!("{fields:?}: {all:#?}") };
        for field in fields.iter().chain(&["request_id=\"find-me\"", "peer=127.0.0.1", "latency_ms="]) {
            assert!(line.contains(level) && line.contains(field), "{field} in {line}");
        }
        assert_eq!(line.contains("caller="), fields.contains(&caller), "{line}");
        assert!(!all.iter().any(|line| line.contains(subject)), "{all:#?}");
    }
    server.get("/healthz").await;
    let probes = lines.take();
    assert!(!probes.iter().any(|line| line.contains("INFO") && line.contains("request done")), "{probes:#?}");
    server.stop().await;
}

#[tokio::test]
async fn refused_token_is_logged_with_the_address_of_the_caller() {
    let (lines, _guard) = capture();
    for (trust_forwarded_for, expected) in [(true, "peer=192.0.2.7"), (false, "peer=127.0.0.1")] {
        let server = Running::start(Limits { trust_forwarded_for, ..short() }).await;
        let headers = "Authorization: Bearer x\r\nX-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n";
        server.request(bare(CMD, headers, "")).await.failure(401);
        server.stop().await;
        let lines = lines.take();
        let refused = lines.iter().find(|line| line.contains("status=401")).unwrap();
        assert!(refused.contains(expected) && !refused.contains("203.0.113.9"), "{refused}");
    }
}

#[tokio::test]
async fn routes_of_the_program_know_the_address_of_the_caller() {
    let seen = async |Extension(address): Extension<CallerAddress>| address.to_string();
    for (trust_forwarded_for, expected) in [(true, "192.0.2.7"), (false, "127.0.0.1")] {
        let routes = Router::new().route("/program/address", get(seen));
        let limits = Limits { trust_forwarded_for, ..short() };
        let server = Running::shaped(limits, |server| server.with_routes(routes)).await;
        let forwarded = "X-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n";
        let request = format!("GET /program/address HTTP/1.1\r\nHost: test\r\n{forwarded}\r\n");
        assert_eq!(server.request(request).await.text(), expected);
        server.stop().await;
    }
}

#[tokio::test]
async fn log_contains_no_value_of_a_request() {
    let (lines, _guard) = capture();
    let server = Running::start(short()).await;
    let marked = "marker";
    let headers = format!("Idempotency-Key: {marked}\r\nX-Custom: {marked}\r\nCookie: {marked}\r\n");
    let good = json!({"cmd": "Echo", "data": {"name": marked, marked: marked}}).to_string();
    server.request(post(CMD, &headers, &good)).await.success();
    let path = format!("{CMD}?{marked}={marked}");
    server.request(post(&path, "", &good)).await.failure(400);
    let subject = crate::fixture::token(marked);
    server.request(crate::fixture::bearing(&subject, CMD, "", &good)).await.success();
    for body in [
        json!({"cmd": marked, "data": {marked: marked}}).to_string(),
        json!({"cmd": [marked], "data": marked, marked: marked}).to_string(),
        format!("{{\"{marked}\": {marked}"),
        json!({"cmd": "Panic", "data": {"name": marked}}).to_string(),
    ] {
        assert!(server.request(post(CMD, &headers, &body)).await.status >= 400);
    }
    server.request(post(CMD, &format!("If-Match: {marked}\r\n"), &good)).await.failure(400);
    let bearer = format!("Authorization: Bearer {marked}.{marked}.{marked}\r\n");
    server.request(bare(CMD, &bearer, "")).await.failure(401);
    server.request(bare(CMD, &format!("Content-Type: {marked}\r\n{bearer}{bearer}"), "")).await.failure(401);
    server.get(&format!("/{marked}/{marked}?{marked}")).await.failure(404);
    server
        .request(
            format!("{marked} / HTTP/1.1\r\nHost: {marked}\r\n\r\n").to_uppercase().replace("HOST", "Host"),
        )
        .await;
    server.request(format!("\0{marked}\r\n\r\n")).await;
    server.stop().await;
    let lines = lines.take();
    assert!(lines.iter().filter(|line| line.contains("request failed")).count() >= 8, "{lines:#?}");
    let leaks: Vec<_> = lines.iter().filter(|line| line.to_lowercase().contains(marked)).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert!(!lines.iter().any(|line| line.contains("eyJ")), "a token is in the log");
}

#[tokio::test]
async fn refused_connections_are_one_line_a_second_with_their_address() {
    let (lines, _guard) = capture();
    let server = Running::start(Limits { max_connections_per_address: 1, ..short() }).await;
    let mut held = server.client().await;
    held.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    for _ in 0..3 {
        server.client().await.read().await.failure(503);
    }
    let lines = lines.take();
    let refused: Vec<_> = lines.iter().filter(|line| line.contains("connection refused")).collect();
    // A slow machine may take more than a second for the three.
    assert!((1..3).contains(&refused.len()), "{refused:?}");
    let line = refused[0];
    assert!(line.contains(" WARN ") && line.contains("address=127.0.0.1 refused=1"), "{line}");
    server.fake.gate.add_permits(1);
    server.stop().await;
}
