//! The envelope on every path, and what comes with it.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use adapter_http::auth::{Clock, KeySource, Refresh, TokenVerifier};
use client_wire::Code;
use serde_json::json;

use crate::fixture::{CMD, QRY, Running, SECRET, bare, command, expectations, post, query, short, token};

#[tokio::test]
async fn command_and_query_reach_the_application_with_caller_and_headers() {
    let server = Running::start(short()).await;
    let headers = "X-Request-Id: r-1\r\nIdempotency-Key: k-1\r\nIf-Match: \"41\"\r\n";
    let body = json!({"cmd": "EchoCommand", "data": {"a": [1]}, "dryRun": true}).to_string();
    let answer = server.request(post(CMD, headers, &body)).await;
    let data = answer.success();
    assert_eq!(data["sub"], "maker-1");
    assert_eq!(data["permissions"].as_array().unwrap().len(), client_domain::Permission::ALL.len());
    assert_eq!(data["requestId"], "r-1");
    assert_eq!(data["idempotencyKey"], "k-1");
    assert_eq!(data["ifMatch"], 41);
    assert_eq!(data["dryRun"], true);
    assert_eq!(data["data"], json!({"a": [1]}));
    assert_eq!(answer.header("etag"), Some("\"7\""));
    assert_eq!(answer.header("x-request-id"), Some("r-1"));
    assert_eq!(answer.header("idempotency-replayed"), None);
    let replayed = server.request(command("EchoCommand", &json!({"replayed": true}))).await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    let data = server.request(query("EchoQuery", &json!({"b": "c"}))).await.success();
    assert_eq!(data["data"], json!({"b": "c"}));
    server.stop().await;
}

#[tokio::test]
async fn every_code_is_answered_with_its_http_status() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    for code in Code::ALL {
        let answer = client.request(command("Fail", &json!({"code": code.name()}))).await;
        assert_eq!(answer.failure(code.status().http()), [code.name()]);
        if answer.header("connection") == Some("close") {
            client = server.client().await;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn malformed_request_is_answered_in_the_envelope() {
    let server = Running::start(short()).await;
    let auth = format!("Authorization: Bearer {}\r\n", token("maker-1"));
    let json = "Content-Type: application/json\r\n";
    let both = format!("{auth}{json}");
    for (what, request, status, codes) in [
        ("no token", bare(CMD, json, "{}"), 401, &["token_missing"][..]),
        ("a token before anything else", bare(CMD, "", "not json"), 401, &["token_missing"]),
        ("no type", bare(CMD, &auth, "{}"), 415, &["unsupported_media_type"]),
        (
            "a form",
            bare(QRY, &format!("{auth}Content-Type: text/plain\r\n"), "{}"),
            415,
            &["unsupported_media_type"],
        ),
        ("no body", bare(CMD, &both, ""), 400, &["malformed_json"]),
        ("an array", bare(CMD, &both, "[]"), 400, &["malformed_json"]),
        (
            "a member twice",
            bare(CMD, &both, r#"{"cmd":"Echo","data":{"x":1,"x":2}}"#),
            400,
            &["malformed_json"],
        ),
        ("garbage after it", bare(CMD, &both, r#"{"cmd":"Echo"} {}"#), 400, &["malformed_json"]),
        (
            "a lone surrogate",
            bare(CMD, &both, r#"{"cmd":"Echo","data":{"x":"\ud800"}}"#),
            400,
            &["malformed_json"],
        ),
        ("an unknown name", bare(QRY, &both, r#"{"cmd":"Unknown"}"#), 400, &["unknown_operation"]),
        ("the other path", bare(QRY, &both, r#"{"commandName":"Echo"}"#), 400, &["wrong_endpoint"]),
        (
            "three faults",
            bare(CMD, &both, r#"{"cmd":7,"data":"x","more":1}"#),
            400,
            &["wrong_type", "wrong_type", "unknown_member"],
        ),
        (
            "faults in headers and body together",
            bare(CMD, &format!("{both}Idempotency-Key: a b\r\nIf-Match: *\r\n"), r#"{"cmd":"Echo","x":1}"#),
            400,
            &["header_invalid", "header_invalid", "unknown_member"],
        ),
        (
            "a condition on a query",
            bare(QRY, &format!("{both}If-Match: \"1\"\r\n"), r#"{"cmd":"Echo"}"#),
            400,
            &["header_not_applicable"],
        ),
    ] {
        assert_eq!(server.request(request).await.failure(status), codes, "{what}");
    }
    server.stop().await;
}

#[tokio::test]
async fn response_repeats_no_rejected_value_and_no_path() {
    let server = Running::start(short()).await;
    let body = json!({"cmd": ["marker"], "data": "marker", "dryRun": "marker"}).to_string();
    let headers = "Idempotency-Key: marker marker\r\nIf-Match: marker\r\n";
    let answer = server.request(post(CMD, headers, &body)).await;
    answer.failure(400);
    assert!(!answer.text().contains("marker"), "{}", answer.text());
    let answer = server.get("/marker?marker=1").await;
    assert_eq!(answer.failure(404), ["path_not_found"]);
    assert!(!answer.text().contains("marker"));
    server.stop().await;
}

#[tokio::test]
async fn a_path_that_is_no_text_leads_nowhere() {
    let server = Running::start(short()).await;
    let authorization = format!("Authorization: Bearer {}\r\n", token("user-1"));
    for (method, path) in [
        ("GET", "/api/bpm/documents/%ff/content"),
        ("PUT", "/api/bpm/documents/%ff/content"),
        ("PUT", "/api/bpm/batches/%ff/content"),
        ("GET", "/api/bpm/batches/%ff/results"),
        ("GET", "/api/bpm/batches/7/%ff"),
        ("GET", "/api/bpm/batches/%ff/progress"),
    ] {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{authorization}Content-Length: 0\r\n\r\n");
        let answer = server.request(request).await;
        assert_eq!(answer.failure(404), ["path_not_found"], "{method} {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn other_methods_are_answered_405_with_allow() {
    let server = Running::start(short()).await;
    for (path, method, allowed) in [
        (CMD, "GET", "POST"),
        (QRY, "DELETE", "POST"),
        (CMD, "OPTIONS", "POST"),
        (CMD, "BREW", "POST"),
        ("/healthz", "POST", "GET,HEAD"),
        ("/openapi.json", "PUT", "GET,HEAD"),
        ("/docs/", "POST", "GET,HEAD"),
    ] {
        let answer = server.request(format!("{method} {path} HTTP/1.1\r\nHost: test\r\n\r\n")).await;
        assert_eq!(answer.failure(405), ["method_not_allowed"], "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn malformed_request_id_is_replaced() {
    let server = Running::start(short()).await;
    let long = format!("X-Request-Id: {}\r\n", "i".repeat(129));
    for headers in ["", "X-Request-Id: two words\r\n", "X-Request-Id: a\r\nX-Request-Id: b\r\n", &long] {
        let answer = server.request(format!("GET /healthz HTTP/1.1\r\nHost: test\r\n{headers}\r\n")).await;
        let id = answer.header("x-request-id").unwrap();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
    server.stop().await;
}

#[tokio::test]
async fn panic_of_an_operation_is_answered_500_and_the_connection_stays_open() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    for request in [command("Panic", &json!({})), query("Panic", &json!({}))] {
        let answer = client.request(request).await;
        assert_eq!(answer.failure(500), ["internal"]);
        assert!(!answer.text().contains("marker-panic"), "{}", answer.text());
    }
    client.request(command("Echo", &json!({}))).await.success();
    assert_eq!(server.stop().await.operations_cut, 0);
}

#[tokio::test]
async fn panic_outside_of_an_operation_is_answered_500() {
    let source = KeySource::hs256_secret("SECRET", SECRET);
    let broken: Clock = Arc::new(|| panic!("marker-panic-payload"));
    let verifier =
        TokenVerifier::load(vec![source], expectations(), broken, Refresh::default()).await.unwrap();
    let server = Running::with(short(), verifier).await;
    let mut client = server.client().await;
    let answer = client.request(command("Echo", &json!({}))).await;
    assert_eq!(answer.failure(500), ["internal"]);
    assert!(!answer.text().contains("marker-panic"), "{}", answer.text());
    client.request("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await.success();
    server.stop().await;
}

#[tokio::test]
async fn too_many_or_too_long_headers_are_answered_431() {
    let server = Running::start(short()).await;
    let many = "X: 1\r\n".repeat(65);
    let long = format!("X: {}\r\n", "x".repeat(20 * 1024));
    for headers in [many, long] {
        let answer = server.request(format!("GET /healthz HTTP/1.1\r\nHost: test\r\n{headers}\r\n")).await;
        assert_eq!(answer.status, 431);
    }
    server.get("/healthz").await.success();
    server.stop().await;
}

/// If `dryRun` in the URL were ignored, the command would be executed that the caller meant to try.
#[tokio::test]
async fn url_parameter_is_rejected_by_name_before_the_operation() {
    let server = Running::start(short()).await;
    server.fake.contents.lock().unwrap().insert("d1".to_owned(), vec![7]);
    let body = json!({"cmd": "Echo"}).to_string();
    let content = "/api/bpm/documents/d1/content?dryRun=true";
    let bearer = token("maker-1");
    let file = |method: &str, length: &str| {
        format!("{method} {content} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {bearer}\r\n{length}\r\n")
    };
    for request in [
        post(&format!("{CMD}?dryRun=true"), "", &body),
        post(&format!("{QRY}?dryRun"), "", &body),
        file("GET", ""),
        file("PUT", "Content-Length: 0\r\n"),
    ] {
        let answer = server.request(&request).await;
        assert_eq!(answer.failure(400), ["unknown_member"], "{request}");
        assert_eq!(answer.json()["errors"][0]["field"], "dryRun");
    }
    assert_eq!(server.fake.started.load(SeqCst), 0);
    for path in ["/healthz?a=b", "/readyz?a=b", "/metrics?a=b", "/openapi.json?a=b", "/docs/?a=b"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    server.stop().await;
}
