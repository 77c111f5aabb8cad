//! Pages of other origins.

use adapter_http::CorsOrigins;
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
