//! Each limit is enforced.

use std::num::NonZeroU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use adapter_http::Limits;
use client_app::{Caller, RequestContext, RequestId};
use client_domain::{Actor, Permissions};
use client_wire::{Code, Failure};
use futures_util::StreamExt as _;
use serde_json::{Map, json};
use tokio::time::sleep;

use crate::fixture::{CMD, Running, bearing, command, post, query, short, token};

const MS: fn(u64) -> Duration = Duration::from_millis;

#[tokio::test]
async fn connection_over_the_limit_waits_until_another_closes() {
    let server = Running::start(Limits { max_connections: 2, ..short() }).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    first.request(command("Echo", &json!({}))).await.success();
    second.request(command("Echo", &json!({}))).await.success();
    let mut third = server.client().await;
    third.send(command("Echo", &json!({}))).await;
    assert!(third.silent_for(MS(150)).await, "answered over the limit");
    drop(first);
    third.read().await.success();
    server.stop().await;
}

#[tokio::test]
async fn requests_over_the_limit_of_all_callers_are_answered_503() {
    let server = Running::start(Limits { max_in_flight: 2, ..short() }).await;
    let mut waiting = Vec::new();
    for count in 1..=2 {
        let mut client = server.client().await;
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
        waiting.push(client);
    }
    for _ in 0..4 {
        let answer = server.request(command("Wait", &json!({}))).await;
        assert_eq!(answer.failure(503), ["overloaded"]);
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/openapi-operations.json", "/docs/"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    server.fake.gate.add_permits(2);
    for mut client in waiting {
        client.read().await.success();
    }
    server.request(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn operation_whose_caller_hung_up_keeps_its_permit() {
    let server = Running::start(Limits { max_in_flight: 1, ..short() }).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    drop(client);
    sleep(MS(50)).await;
    assert_eq!(server.request(command("Echo", &json!({}))).await.failure(503), ["overloaded"]);
    server.fake.gate.add_permits(1);
    server.finished(1).await;
    server.request(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn caller_over_its_rate_is_answered_429_and_other_callers_are_not() {
    let limits = Limits { requests_per_second_per_caller: NonZeroU32::new(3), ..short() };
    let server = Running::start(limits).await;
    let mut client = server.client().await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(client.request(command("Echo", &json!({}))).await.status);
    }
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    let answer = loop {
        let answer = client.request(command("Echo", &json!({}))).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(answer.failure(429), ["rate_limited"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let body = json!({"cmd": "Echo"}).to_string();
    client.request(bearing(&token("maker-2"), CMD, "", &body)).await.success();
    server.stop().await;
}

#[tokio::test]
async fn other_routes_have_a_rate_of_commands_and_a_higher_one_of_queries() {
    let limits = Limits { requests_per_second_per_caller: NonZeroU32::new(1), ..short() };
    let server = Running::start(limits).await;
    let caller = |name: &str| Caller::new(Actor::parse(name).unwrap(), Permissions::all());
    let context = |name: &str, dry_run: bool| {
        let context = RequestContext::new(caller(name), RequestId::parse("r-1").unwrap());
        RequestContext { dry_run, ..context }
    };
    let is_limited = |failure: Failure| failure.items[0].code == Code::RateLimited;

    let write = || server.operations.command_by_name("Echo", Map::new(), context("maker-1", false));
    assert!(write().await.is_ok());
    assert!(is_limited(write().await.unwrap_err()));
    let empty = futures_util::stream::empty().boxed();
    let upload = server.operations.replace_document_content("d-1", empty, context("maker-1", false));
    assert!(is_limited(upload.await.unwrap_err()));

    let (mut answered, mut limited) = (0, 0);
    for number in 0..40 {
        let answer = match number % 2 {
            0 => server.operations.query_by_name("Echo", Map::new(), caller("maker-1")).await,
            _ => server.operations.command_by_name("Echo", Map::new(), context("maker-1", true)).await,
        };
        match answer {
            Ok(_) => answered += 1,
            Err(failure) => limited += i32::from(is_limited(failure)),
        }
    }
    assert!(answered >= 16 && limited > 0 && answered + limited == 40, "{answered} and {limited}");
    assert!(server.operations.query_by_name("Echo", Map::new(), caller("maker-2")).await.is_ok());
    server.stop().await;
}

#[tokio::test]
async fn body_over_the_maximum_length_is_answered_413() {
    let limits = Limits { body_bytes: 60, large_body_bytes: 200, ..short() };
    let server = Running::start(limits).await;
    let body = |length: usize| {
        let empty = json!({"cmd": "CreateIdentityDocumentCommand", "data": {"t": ""}}).to_string();
        json!({"cmd": "CreateIdentityDocumentCommand", "data": {"t": "x".repeat(length - empty.len())}})
            .to_string()
    };
    server.request(post(CMD, "", &body(200))).await.success();
    assert_eq!(server.request(post(CMD, "", &body(201))).await.failure(413), ["body_too_large"]);
    // The length is announced and the body never sent: rejected without waiting for it.
    let announced = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 99999999999");
    let answer = server.request(announced).await;
    assert_eq!(answer.failure(413), ["body_too_large"]);
    assert_eq!(answer.header("connection"), Some("close"));
    let chunked = |text: &str| {
        let head = post(CMD, "", "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
        let chunks: String = text.as_bytes().chunks(10).map(chunk).collect();
        format!("{head}{chunks}0\r\n\r\n")
    };
    server.request(chunked(&body(200))).await.success();
    assert_eq!(server.request(chunked(&body(201))).await.failure(413), ["body_too_large"]);
    server.stop().await;
}

/// No body of these paths may be as long as that of a command with a file, although the caller may send files.
#[tokio::test]
async fn body_of_an_export_or_a_report_over_the_maximum_length_is_answered_413() {
    let server = Running::start(Limits { body_bytes: 60, large_body_bytes: 200, ..short() }).await;
    for path in ["/api/bpm/export", "/api/bpm/report"] {
        let body = |length: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(length - 8));
        let answer = server.request(post(path, "", &body(61))).await;
        assert_eq!(answer.failure(413), ["body_too_large"], "{path}");
        assert_eq!(answer.json()["errors"][0]["details"]["limit"], 60, "{path}");
        // The length is announced and the body never sent: rejected without waiting for it.
        let announced = post(path, "", "").replace("Content-Length: 0", "Content-Length: 99999999999");
        let answer = server.request(announced).await;
        assert_eq!(answer.failure(413), ["body_too_large"], "{path}");
        assert_eq!(answer.header("connection"), Some("close"), "{path}");
        let head = post(path, "", "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
        let chunked = format!("{head}{}0\r\n\r\n", chunk(body(61).as_bytes()));
        assert_eq!(server.request(chunked).await.failure(413), ["body_too_large"], "{path}");
        let fits = server.request(post(path, "", &body(60))).await;
        assert_ne!(fits.status, 413, "{path}");
    }
    server.stop().await;
}

fn chunk(bytes: &[u8]) -> String {
    format!("{:x}\r\n{}\r\n", bytes.len(), std::str::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn body_of_an_unauthenticated_request_is_not_read() {
    let server = Running::start(short()).await;
    let request =
        post(CMD, "Expect: 100-continue\r\n", "").replace("Content-Length: 0", "Content-Length: 20");
    let mut known = server.client().await;
    assert_eq!(known.request(&request).await.status, 100);
    let mut unknown = server.client().await;
    let answer = unknown.request(request.replace("Bearer ", "Bearer x")).await;
    answer.failure(401);
    server.stop().await;
}

#[tokio::test]
async fn connection_without_a_complete_header_is_closed_at_the_header_timeout() {
    let server = Running::start(Limits { header_timeout: MS(150), ..short() }).await;
    let begun = Instant::now();
    let (mut silent, mut half, mut slow) =
        (server.client().await, server.client().await, server.client().await);
    half.send("GET /healthz HTTP/1.1\r\nHost: te").await;
    let trickle = async {
        for byte in "GET /healthz HTTP/1.1\r\nHost: a-long-name-that-never-ends".bytes() {
            slow.send([byte]).await;
            sleep(MS(10)).await;
        }
        slow.try_read().await
    };
    assert!(silent.try_read().await.is_none());
    assert!(half.try_read().await.is_none());
    assert!(begun.elapsed() >= MS(140) && begun.elapsed() < MS(1500), "{:?}", begun.elapsed());
    assert!(trickle.await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn idle_timeout_and_header_timeout_are_separate() {
    let limits = Limits { header_timeout: MS(100), idle_timeout: MS(500), ..short() };
    let server = Running::start(limits).await;
    let get = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    let mut client = server.client().await;
    client.request(get).await.success();
    sleep(MS(250)).await;
    client.request(get).await.success();
    let begun = Instant::now();
    client.send("GET /heal").await;
    assert!(client.try_read().await.is_none());
    assert!(begun.elapsed() < MS(400), "{:?}", begun.elapsed());
    let mut client = server.client().await;
    client.request(get).await.success();
    let begun = Instant::now();
    assert!(client.try_read().await.is_none());
    assert!(begun.elapsed() >= MS(450), "{:?}", begun.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn body_that_does_not_arrive_is_answered_408() {
    let server = Running::start(Limits { request_timeout: MS(150), ..short() }).await;
    let mut client = server.client().await;
    let request = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 20");
    let answer = client.request(format!("{request}{{\"cmd\"")).await;
    assert_eq!(answer.failure(408), ["request_timeout"]);
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.try_read().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn query_times_out_and_command_runs_on_with_an_unknown_outcome() {
    let server = Running::start(Limits { request_timeout: MS(100), ..short() }).await;
    assert_eq!(server.request(query("Wait", &json!({}))).await.failure(408), ["request_timeout"]);
    let answer = server.request(command("Wait", &json!({}))).await;
    assert_eq!(answer.failure(504), ["outcome_unknown"]);
    assert_eq!(answer.header("retry-after"), None, "a command without a key must not be repeated");
    let body = json!({"commandName": "Wait", "data": {}}).to_string();
    let answer = server.request(post(CMD, "Idempotency-Key: k\r\n", &body)).await;
    assert_eq!(answer.failure(504), ["outcome_unknown"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    server.fake.gate.add_permits(3);
    server.finished(3).await;
    server.stop().await;
}

#[tokio::test]
async fn command_that_is_done_is_answered_in_time_where_the_log_says_no_position() {
    let server = Running::start(Limits { request_timeout: MS(500), ..short() }).await;
    server.fake.log_is_silent.store(true, SeqCst);
    let answer = server.request(command("Echo", &json!({}))).await;
    answer.success();
    assert_eq!(answer.header("read-token"), None);
    server.stop().await;
}

#[tokio::test]
async fn connection_of_a_caller_who_does_not_read_is_closed() {
    let limits = Limits { max_connections: 1, write_timeout: MS(150), ..short() };
    let server = Running::start(limits).await;
    let mut stalled = server.client().await;
    stalled.send(query("Big", &json!({}))).await;
    // There is one connection permit, so this request is answered only after the other connection was closed.
    server.get("/healthz").await.success();
    drop(stalled);
    server.stop().await;
}

#[tokio::test]
async fn slow_reader_does_not_run_into_the_idle_timeout() {
    let server = Running::start(Limits { idle_timeout: MS(600), ..short() }).await;
    let mut slow = server.client().await;
    slow.send(query("Big", &json!({}))).await;
    // Twelve reads with a pause before each: twice the idle timeout in all, and each pause much shorter.
    slow.read_slowly(12, 2 * 1024 * 1024, MS(100)).await;
    assert_eq!(slow.read().await.success().as_str().map(str::len), Some(32 * 1024 * 1024));
    server.stop().await;
}

#[tokio::test]
async fn command_runs_on_when_its_caller_hangs_up() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    drop(client);
    sleep(MS(50)).await;
    server.fake.gate.add_permits(1);
    server.finished(1).await;
    server.stop().await;
}
