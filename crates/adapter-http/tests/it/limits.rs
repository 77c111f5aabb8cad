//! Each limit, shown to limit.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use adapter_http::Limits;
use serde_json::json;
use tokio::time::sleep;

use crate::fixture::{CMD, Running, bearing, command, post, query, short, token};

const MS: fn(u64) -> Duration = Duration::from_millis;

#[tokio::test]
async fn connections_over_the_cap_wait_for_a_place() {
    let server = Running::start(Limits { max_connections: 2, ..short() }).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    first.ask(command("Echo", &json!({}))).await.success();
    second.ask(command("Echo", &json!({}))).await.success();
    let mut third = server.client().await;
    third.send(command("Echo", &json!({}))).await;
    assert!(third.silent_for(MS(150)).await, "answered over the cap");
    drop(first);
    third.read().await.success();
    server.stop().await;
}

#[tokio::test]
async fn requests_in_flight_are_capped_over_all_connections() {
    let server = Running::start(Limits { max_in_flight: 2, ..short() }).await;
    let mut waiting = Vec::new();
    for count in 1..=2 {
        let mut client = server.client().await;
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
        waiting.push(client);
    }
    for _ in 0..4 {
        let answer = server.ask(command("Wait", &json!({}))).await;
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
    server.ask(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn work_that_nobody_waits_for_keeps_its_slot() {
    let server = Running::start(Limits { max_in_flight: 1, ..short() }).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    drop(client);
    sleep(MS(50)).await;
    assert_eq!(server.ask(command("Echo", &json!({}))).await.failure(503), ["overloaded"]);
    server.fake.gate.add_permits(1);
    server.finished(1).await;
    server.ask(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn one_caller_who_asks_too_often_is_slowed_and_no_other() {
    let limits = Limits { requests_per_second_per_caller: NonZeroU32::new(3), ..short() };
    let server = Running::start(limits).await;
    let mut client = server.client().await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(client.ask(command("Echo", &json!({}))).await.status);
    }
    assert_eq!(statuses[..3], [200; 3]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    let answer = loop {
        let answer = client.ask(command("Echo", &json!({}))).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(answer.failure(429), ["rate_limited"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let body = json!({"cmd": "Echo"}).to_string();
    client.ask(bearing(&token("maker-2"), CMD, "", &body)).await.success();
    server.stop().await;
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
    let limits = Limits { body_bytes: 60, large_body_bytes: 200, ..short() };
    let server = Running::start(limits).await;
    let body = |length: usize| {
        let empty = json!({"cmd": "CreateIdentityDocumentCommand", "data": {"t": ""}}).to_string();
        json!({"cmd": "CreateIdentityDocumentCommand", "data": {"t": "x".repeat(length - empty.len())}})
            .to_string()
    };
    server.ask(post(CMD, "", &body(200))).await.success();
    assert_eq!(server.ask(post(CMD, "", &body(201))).await.failure(413), ["body_too_large"]);
    // Announced and never sent: refused without waiting for it.
    let announced = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 99999999999");
    let answer = server.ask(announced).await;
    assert_eq!(answer.failure(413), ["body_too_large"]);
    assert_eq!(answer.header("connection"), Some("close"));
    let chunked = |text: &str| {
        let head = post(CMD, "", "").replace("Content-Length: 0", "Transfer-Encoding: chunked");
        let chunks: String = text.as_bytes().chunks(10).map(chunk).collect();
        format!("{head}{chunks}0\r\n\r\n")
    };
    server.ask(chunked(&body(200))).await.success();
    assert_eq!(server.ask(chunked(&body(201))).await.failure(413), ["body_too_large"]);
    server.stop().await;
}

fn chunk(bytes: &[u8]) -> String {
    format!("{:x}\r\n{}\r\n", bytes.len(), std::str::from_utf8(bytes).unwrap())
}

#[tokio::test]
async fn nothing_is_read_from_somebody_who_is_not_known() {
    let server = Running::start(short()).await;
    let request =
        post(CMD, "Expect: 100-continue\r\n", "").replace("Content-Length: 0", "Content-Length: 20");
    let mut known = server.client().await;
    assert_eq!(known.ask(&request).await.status, 100);
    let mut unknown = server.client().await;
    let answer = unknown.ask(request.replace("Bearer ", "Bearer x")).await;
    answer.failure(401);
    server.stop().await;
}

#[tokio::test]
async fn a_silent_connection_and_half_a_header_are_closed() {
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
async fn an_idle_connection_lives_for_the_idle_timeout_and_a_begun_header_for_its_own() {
    let limits = Limits { header_timeout: MS(100), idle_timeout: MS(500), ..short() };
    let server = Running::start(limits).await;
    let get = "GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    let mut client = server.client().await;
    client.ask(get).await.success();
    sleep(MS(250)).await;
    client.ask(get).await.success();
    let begun = Instant::now();
    client.send("GET /heal").await;
    assert!(client.try_read().await.is_none());
    assert!(begun.elapsed() < MS(400), "{:?}", begun.elapsed());
    let mut client = server.client().await;
    client.ask(get).await.success();
    let begun = Instant::now();
    assert!(client.try_read().await.is_none());
    assert!(begun.elapsed() >= MS(450), "{:?}", begun.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Running::start(Limits { request_timeout: MS(150), ..short() }).await;
    let mut client = server.client().await;
    let request = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 20");
    let answer = client.ask(format!("{request}{{\"cmd\"")).await;
    assert_eq!(answer.failure(408), ["request_timeout"]);
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.try_read().await.is_none());
    server.stop().await;
}

#[tokio::test]
async fn a_query_times_out_and_a_command_goes_on_with_an_unknown_outcome() {
    let server = Running::start(Limits { request_timeout: MS(100), ..short() }).await;
    assert_eq!(server.ask(query("Wait", &json!({}))).await.failure(408), ["request_timeout"]);
    let answer = server.ask(command("Wait", &json!({}))).await;
    assert_eq!(answer.failure(504), ["outcome_unknown"]);
    assert_eq!(answer.header("retry-after"), None, "without a key a repetition is not safe");
    let body = json!({"commandName": "Wait", "data": {}}).to_string();
    let answer = server.ask(post(CMD, "Idempotency-Key: k\r\n", &body)).await;
    assert_eq!(answer.failure(504), ["outcome_unknown"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    server.fake.gate.add_permits(3);
    server.finished(3).await;
    server.stop().await;
}

#[tokio::test]
async fn a_caller_who_does_not_take_the_answer_is_let_go() {
    let limits = Limits { max_connections: 1, write_timeout: MS(150), ..short() };
    let server = Running::start(limits).await;
    let mut deaf = server.client().await;
    deaf.send(query("Big", &json!({}))).await;
    // There is one place, so this one is answered only when the other connection is gone.
    server.get("/healthz").await.success();
    drop(deaf);
    server.stop().await;
}

#[tokio::test]
async fn a_caller_who_takes_the_answer_slowly_is_not_idle() {
    let server = Running::start(Limits { idle_timeout: MS(600), ..short() }).await;
    let mut slow = server.client().await;
    slow.send(query("Big", &json!({}))).await;
    // Twelve gulps with a pause each: twice the idle timeout in all, and each much shorter.
    slow.sip(12, 2 * 1024 * 1024, MS(100)).await;
    assert_eq!(slow.read().await.success().as_str().map(str::len), Some(32 * 1024 * 1024));
    server.stop().await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_stop_the_command() {
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
