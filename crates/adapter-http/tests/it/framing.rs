//! Requests that two servers in a row could read differently.

use crate::fixture::{CMD, Running, command, post, short};
use serde_json::json;

#[tokio::test]
async fn a_request_names_its_host_once() {
    let server = Running::start(short()).await;
    let good = command("Echo", &json!({}));
    for host in ["Host: test\r\n", "Host: test:8080\r\n", "Host: [::1]:8080\r\n", "Host: \r\n"] {
        server.ask(good.replace("Host: test\r\n", host)).await.success();
    }
    for host in ["", "Host: test\r\nHost: test\r\n", "Host: a b/c@d\r\n", "Host: user@test\r\n"] {
        let answer = server.ask(good.replace("Host: test\r\n", host)).await;
        assert_eq!(answer.failure(400), ["header_invalid"], "{host:?}");
        assert_eq!(answer.json()["errors"][0]["field"], "Host");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    server.stop().await;
}

#[tokio::test]
async fn chunked_is_the_only_transfer_coding() {
    let server = Running::start(short()).await;
    let chunks = "e\r\n{\"cmd\":\"Echo\"}\r\n0\r\n\r\n";
    let with = |codings: &str| post(CMD, "", "").replace("Content-Length: 0\r\n", codings) + chunks;
    server.ask(with("Transfer-Encoding: chunked\r\n")).await.success();
    for codings in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let answer = server.ask(with(codings)).await;
        assert!(matches!(answer.status, 400 | 501), "{codings:?}: {}", answer.status);
    }
    server.stop().await;
}

/// The HTTP library drops the length before the service sees it (docs/http.md). What counts is that nothing of the body is
/// taken for another request.
#[tokio::test]
async fn a_body_with_a_length_and_chunks_is_read_by_its_chunks_and_ends_the_connection() {
    let server = Running::start(short()).await;
    let body = r#"{"cmd":"Echo"}"#;
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for both in
        ["Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"]
    {
        let mut client = server.client().await;
        let request = post(CMD, "", "").replace("Content-Length: 0", both) + &chunks;
        let answer = client.ask(request + &post(CMD, "", body)).await;
        answer.success();
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.try_read().await.is_none(), "what follows is no request");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_broken_body_is_not_called_malformed_json() {
    let server = Running::start(short()).await;
    let broken = post(CMD, "", "").replace("Content-Length: 0", "Transfer-Encoding: chunked") + "zz\r\n";
    assert_eq!(server.ask(broken).await.failure(400), ["body_incomplete"]);
    server.stop().await;
}
