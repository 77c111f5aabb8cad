//! Requests whose end a proxy and this service could read differently.

use crate::fixture::{CMD, Running, command, post, short};
use serde_json::json;

#[tokio::test]
async fn host_header_must_be_there_exactly_once() {
    let server = Running::start(short()).await;
    let good = command("Echo", &json!({}));
    for host in ["Host: test\r\n", "Host: test:8080\r\n", "Host: [::1]:8080\r\n", "Host: \r\n"] {
        server.request(good.replace("Host: test\r\n", host)).await.success();
    }
    for host in ["", "Host: test\r\nHost: test\r\n", "Host: a b/c@d\r\n", "Host: user@test\r\n"] {
        let answer = server.request(good.replace("Host: test\r\n", host)).await;
        assert_eq!(answer.failure(400), ["header_invalid"], "{host:?}");
        assert_eq!(answer.json()["errors"][0]["field"], "Host");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    server.stop().await;
}

#[tokio::test]
async fn transfer_coding_other_than_chunked_is_rejected() {
    let server = Running::start(short()).await;
    let chunks = "e\r\n{\"cmd\":\"Echo\"}\r\n0\r\n\r\n";
    let with = |codings: &str| post(CMD, "", "").replace("Content-Length: 0\r\n", codings) + chunks;
    server.request(with("Transfer-Encoding: chunked\r\n")).await.success();
    for codings in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ] {
        let answer = server.request(with(codings)).await;
        assert!(matches!(answer.status, 400 | 501), "{codings:?}: {}", answer.status);
    }
    server.stop().await;
}

/// The HTTP library drops the length before the service sees it (docs/http.md). No part of the body may be
/// read as another request.
#[tokio::test]
async fn body_with_length_and_chunks_is_read_as_chunks_and_closes_the_connection() {
    let server = Running::start(short()).await;
    let body = r#"{"cmd":"Echo"}"#;
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for both in
        ["Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"]
    {
        let mut client = server.client().await;
        let request = post(CMD, "", "").replace("Content-Length: 0", both) + &chunks;
        let answer = client.request(request + &post(CMD, "", body)).await;
        answer.success();
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(client.try_read().await.is_none(), "what follows is no request");
    }
    server.stop().await;
}

#[tokio::test]
async fn broken_chunk_is_body_incomplete_and_not_malformed_json() {
    let server = Running::start(short()).await;
    let broken = post(CMD, "", "").replace("Content-Length: 0", "Transfer-Encoding: chunked") + "zz\r\n";
    assert_eq!(server.request(broken).await.failure(400), ["body_incomplete"]);
    server.stop().await;
}
