//! Pages of other origins.

use std::num::NonZeroU32;
use std::time::Duration;

use adapter_http::{CorsOrigins, Limits};
use serde_json::json;

use crate::client::Answer;
use crate::fixture::{QRY, Running, post, short};

const OWN: &str = "https://desk.bank.example";

fn allowed(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

fn preflight(path: &str, origin: &str) -> String {
    format!(
        "OPTIONS {path} HTTP/1.1\r\nHost: test\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
         Access-Control-Request-Headers: authorization,content-type,idempotency-key,if-match\r\n\r\n"
    )
}

fn echo(origin: &str) -> String {
    post(QRY, &format!("Origin: {origin}\r\n"), &json!({ "queryName": "Echo", "data": {} }).to_string())
}

#[tokio::test]
async fn listed_origins_may_use_the_api_and_nothing_else() {
    let origins = CorsOrigins::parse([OWN, "http://localhost:5173"]).unwrap();
    let server = Running::shaped(short(), |server| server.with_cors(origins)).await;
    let asked = server.request(preflight(QRY, OWN)).await;
    assert_eq!((asked.status, allowed(&asked)), (200, Some(OWN)));
    let headers = asked.header("access-control-allow-headers").unwrap();
    for header in ["authorization", "content-type", "idempotency-key", "if-match"] {
        assert!(headers.contains(header), "{headers}");
    }
    assert_eq!(asked.header("access-control-allow-credentials"), None);
    let answer = server.request(echo(OWN)).await;
    answer.success();
    assert_eq!(allowed(&answer), Some(OWN));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("etag"));
    // A page can read why it was refused.
    let refused = server.request(echo(OWN).replace("Bearer ", "Bearer x")).await;
    assert_eq!((refused.status, allowed(&refused)), (401, Some(OWN)));

    for other in
        ["https://evil.example", "https://desk.bank.example.evil.example", "null", "http://desk.bank.example"]
    {
        assert_eq!(allowed(&server.request(preflight(QRY, other)).await), None, "{other}");
        assert_eq!(allowed(&server.request(echo(other)).await), None, "{other}");
    }
    for path in ["/readyz", "/metrics", "/docs/", "/openapi.json"] {
        let asked = server.request(preflight(path, OWN)).await;
        assert_eq!((asked.status, allowed(&asked)), (405, None), "{path}");
    }
    server.stop().await;
}

/// A server that lets pages of [`OWN`] use the API.
async fn open_to_own(limits: Limits) -> Running {
    let origins = CorsOrigins::parse([OWN]).unwrap();
    Running::shaped(limits, |server| server.with_cors(origins)).await
}

fn query_of(origin: &str, name: &str) -> String {
    let body = json!({ "queryName": name, "data": {} }).to_string();
    post(QRY, &format!("Origin: {origin}\r\n"), &body)
}

#[tokio::test]
async fn page_of_a_listed_origin_can_read_every_failure() {
    let server = open_to_own(Limits { body_bytes: 200, large_body_bytes: 200, ..short() }).await;
    let large = post(QRY, &format!("Origin: {OWN}\r\n"), &"x".repeat(201));
    let head = format!("Host: test\r\nOrigin: {OWN}\r\n");
    for (what, status, request) in [
        ("an unknown path of the API", 404, format!("GET /api/bpm/nothing HTTP/1.1\r\n{head}\r\n")),
        ("an unknown path", 404, format!("POST /nothing HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n")),
        ("another method", 405, format!("GET {QRY} HTTP/1.1\r\n{head}\r\n")),
        ("framing", 400, format!("GET {QRY} HTTP/1.1\r\n{head}Host: other\r\n\r\n")),
        ("no token", 401, query_of(OWN, "Echo").replace("Authorization", "X-Other")),
        ("a body that is too large", 413, large),
        ("a panic", 500, query_of(OWN, "Panic")),
    ] {
        let answer = server.request(request).await;
        assert_eq!((answer.status, allowed(&answer)), (status, Some(OWN)), "{what}");
        assert!(answer.header("access-control-expose-headers").unwrap().contains("x-request-id"), "{what}");
    }
    // A browser asks before such a request, and sends it only if it may.
    let asked = server.request(preflight("/api/bpm/nothing", OWN)).await;
    assert_eq!((asked.status, allowed(&asked)), (200, Some(OWN)));

    for origin in ["https://evil.example", "null"] {
        let request = |line: &str| format!("{line} HTTP/1.1\r\nHost: test\r\nOrigin: {origin}\r\n\r\n");
        for line in ["GET /nothing", &format!("GET {QRY}")] {
            assert_eq!(allowed(&server.request(request(line)).await), None, "{line} of {origin}");
        }
        assert_eq!(allowed(&server.request(query_of(origin, "Panic")).await), None, "{origin}");
    }
    for path in ["/readyz", "/metrics", "/docs/", "/openapi.json", "/"] {
        for method in ["GET", "DELETE"] {
            let answer = server.request(format!("{method} {path} HTTP/1.1\r\n{head}\r\n")).await;
            assert_eq!(allowed(&answer), None, "{method} {path}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn page_of_a_listed_origin_can_read_why_a_limit_refused_it() {
    let server = open_to_own(Limits { request_timeout: Duration::from_millis(50), ..short() }).await;
    let late = server.request(query_of(OWN, "Wait")).await;
    assert_eq!((late.status, allowed(&late)), (408, Some(OWN)));
    server.fake.gate.add_permits(1);
    server.stop().await;

    let server = open_to_own(Limits { requests_per_second_per_caller: NonZeroU32::new(1), ..short() }).await;
    let mut answer = server.request(query_of(OWN, "Echo")).await;
    while answer.status == 200 {
        answer = server.request(query_of(OWN, "Echo")).await;
    }
    assert_eq!((answer.status, allowed(&answer)), (429, Some(OWN)));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("retry-after"));
    server.stop().await;

    let server = open_to_own(Limits { max_in_flight: 1, ..short() }).await;
    let mut waiting = server.client().await;
    waiting.send(query_of(OWN, "Wait")).await;
    server.started(1).await;
    let refused = server.request(query_of(OWN, "Wait")).await;
    assert_eq!((refused.status, allowed(&refused)), (503, Some(OWN)));
    server.fake.gate.add_permits(1);
    assert_eq!(allowed(&waiting.read().await), Some(OWN));
    server.stop().await;
}

#[tokio::test]
async fn without_the_setting_no_origin_is_allowed() {
    let server = Running::start(short()).await;
    let asked = server.request(preflight(QRY, OWN)).await;
    assert_eq!((asked.status, allowed(&asked)), (405, None));
    let answer = server.request(echo(OWN)).await;
    answer.success();
    assert_eq!(allowed(&answer), None);
    server.stop().await;
}
