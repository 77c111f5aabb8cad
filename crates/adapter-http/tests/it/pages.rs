//! Health, metrics, the API description and the page that shows it.

use std::io::Read as _;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::json;

use crate::client::Answer;
use crate::fixture::{CMD, QRY, Running, bare, command, post, short};

#[tokio::test]
async fn liveness_does_not_depend_on_readiness() {
    let server = Running::start(short()).await;
    assert_eq!(server.get("/healthz").await.success(), json!({"status": "alive"}));
    server.fake.ready.store(false, SeqCst);
    let answer = server.get("/readyz").await;
    assert_eq!(answer.failure(503), ["store_unavailable"]);
    assert_eq!(answer.json()["errors"][0]["details"], json!({"check": "commands"}));
    assert_eq!(answer.json()["errors"][0]["message"], "Commands are refused.");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(server.get("/healthz").await.success(), json!({"status": "alive"}));
    server.fake.ready.store(true, SeqCst);
    // A result is answered again for half a second.
    tokio::time::sleep(Duration::from_millis(550)).await;
    let checks = json!([
        {"name": "reads", "status": "ok"},
        {"name": "commands", "status": "ok"},
        {"name": "clock", "status": "warning", "message": "The clock is slow."},
    ]);
    assert_eq!(server.get("/readyz").await.success(), json!({"status": "ready", "checks": checks}));
    server.stop().await;
}

#[tokio::test]
async fn metrics_have_only_known_names_as_labels() {
    let server = Running::start(short()).await;
    let body = json!({"cmd": "EchoCounted"}).to_string();
    server.request(post(CMD, "", &body)).await.success();
    server.request(post(CMD, "", &body)).await.success();
    server.request(command("NameOfACaller", &json!({}))).await.failure(400);
    server.request(bare(CMD, "Authorization: Bearer marker.marker.marker\r\n", "")).await.failure(401);
    server.get("/path-of-a-caller").await.failure(404);
    let answer = server.get("/metrics").await;
    assert!(answer.header("content-type").unwrap().starts_with("text/plain; version=0.0.4"));
    answer.assert_common();
    let text = answer.text();
    for line in [
        r#"http_requests_total{endpoint="/api/bpm/cmd",operation="EchoCounted",status="200"} 2"#,
        r#"http_requests_total{endpoint="/api/bpm/cmd",operation="unknown",status="400"} "#,
        r#"http_requests_total{endpoint="unmatched",operation="unknown",status="404"} "#,
        r#"http_request_duration_seconds_bucket{endpoint="/api/bpm/cmd",operation="EchoCounted",le="+Inf"} 2"#,
        r#"http_denied_total{code="token_invalid"} "#,
        "http_requests_in_flight ",
        "http_connections ",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for marker in ["NameOfACaller", "path-of-a-caller", "maker-1", "marker"] {
        assert!(!text.contains(marker), "{marker}");
    }
    server.stop().await;
}

/// The body as a browser sees it.
async fn decompressed(server: &Running, path: &str) -> Vec<u8> {
    let answer = server
        .request(format!("GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br, gzip\r\n\r\n"))
        .await;
    assert_eq!(answer.status, 200, "{path}");
    let body = body_with_security_headers(&answer, path);
    if answer.header("content-encoding") != Some("gzip") {
        return body.to_vec();
    }
    let mut page = Vec::new();
    GzDecoder::new(body).read_to_end(&mut page).unwrap();
    page
}

fn body_with_security_headers<'a>(page: &'a Answer, path: &str) -> &'a [u8] {
    page.assert_common();
    let policy = page.header("content-security-policy").expect(path);
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{path}: {policy}"
    );
    assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
    assert_eq!(page.header("vary"), Some("accept-encoding"), "{path}");
    &page.body
}

#[tokio::test]
async fn pages_are_compressed_only_for_callers_that_accept_gzip() {
    let server = Running::start(short()).await;
    for path in
        ["/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/swagger-initializer.js"]
    {
        let plain = server.get(path).await;
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{path}");
        assert_eq!(body_with_security_headers(&plain, path), decompressed(&server, path).await, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn root_lists_the_paths_of_the_service() {
    let server = Running::start(short()).await;
    let links = server.get("/").await.success();
    for name in ["pages", "description", "descriptionByOperation", "health", "readiness"] {
        let path = links[name].as_str().unwrap();
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    assert_eq!((&links["commands"], &links["queries"]), (&json!(CMD), &json!(QRY)));
    server.stop().await;
}

#[tokio::test]
async fn description_by_operation_has_a_method_for_each_operation() {
    let server = Running::start(short()).await;
    let answer = server.get("/openapi-operations.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let document = answer.json();
    let paths = document["paths"].as_object().unwrap();
    for spec in client_wire::OPERATIONS {
        let own = paths.keys().filter(|path| path.ends_with(&format!("#{}", spec.name))).count();
        assert_eq!(own, 1, "{}", spec.name);
    }
    server.stop().await;
}

#[tokio::test]
async fn documentation_page_loads_nothing_from_other_hosts() {
    let server = Running::start(short()).await;
    assert_eq!(server.get("/openapi.json").await.json()["openapi"], "3.1.0");
    let answer = server.get("/docs").await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/docs/")));
    let page = server.get("/docs/").await;
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let page = String::from_utf8(decompressed(&server, "/docs/").await).unwrap();
    let links: Vec<&str> = ["href=\"", "src=\""].iter().flat_map(|start| page.split(start).skip(1)).collect();
    let links: Vec<&str> = links.iter().map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        assert!(!link.contains("//"), "{link} leads elsewhere");
        let path = format!("/docs/{}", link.trim_start_matches("./"));
        assert!(!decompressed(&server, &path).await.is_empty(), "{path}");
    }
    let start = server.get("/docs/swagger-initializer.js").await.text();
    assert!(start.contains("/openapi-operations.json"), "{start}");
    assert!(start.contains("/openapi.json") && start.contains(r#""validatorUrl": "none""#), "{start}");
    assert_eq!(server.get("/docs/nothing.js").await.failure(404), ["path_not_found"]);
    server.stop().await;
}

#[tokio::test]
async fn page_shows_an_entry_for_each_operation_first() {
    let server = Running::start(short()).await;
    let start = server.get("/docs/swagger-initializer.js").await.text();
    // The page opens the first of its descriptions, unless one is named as the primary one.
    let (by_operation, by_path) = (start.find("/openapi-operations.json"), start.find("/openapi.json"));
    assert!(by_operation.is_some() && by_operation < by_path, "{start}");
    assert!(!start.contains("primaryName"), "{start}");
    server.stop().await;
}
