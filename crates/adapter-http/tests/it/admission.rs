//! What one caller, or one address, can take from all other callers.

use std::time::{Duration, Instant};

use adapter_http::Limits;
use client_domain::Permissions;
use serde_json::json;

use crate::client::Client;
use crate::fixture::{CMD, Running, bearing, command, post, short, token, token_with};

/// The maximum 99th percentile of the latency of another caller during an attack.
const MAX_P99: Duration = Duration::from_millis(100);
const PROBES: u32 = 100;

/// Commands of another caller at another address, each on a connection of its own and one after the other: the 99th
/// percentile of their times.
#[expect(clippy::print_stderr, reason = "what was measured is printed, whatever it is")]
async fn p99_of_another_caller(server: &Running, what: &str) -> Duration {
    let body = json!({"cmd": "Echo"}).to_string();
    let request = bearing(&token("another-caller"), CMD, "", &body);
    let mut times = Vec::new();
    for _ in 0..PROBES {
        let begun = Instant::now();
        let mut client = Client::connect_from("127.0.0.2", server.address).await;
        client.request(&request).await.success();
        times.push(begun.elapsed());
    }
    times.sort();
    let p99 = times[times.len() * 99 / 100 - 1];
    eprintln!("{what}: p99 of another caller {p99:?}");
    p99
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_hold_no_permit() {
    let server = Running::start(short()).await;
    let head = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 1000");
    let mut slow = Vec::new();
    for _ in 0..512 {
        let mut client = server.client().await;
        client.send(format!("{head}{{")).await;
        slow.push(client);
    }
    let p99 = p99_of_another_caller(&server, "512 slow bodies of one address").await;
    assert!(p99 < MAX_P99, "{p99:?}");
    // They time out by the minimum rate, long before the timeout of a request.
    let begun = Instant::now();
    assert_eq!(slow[0].read().await.failure(408), ["request_timeout"]);
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    drop(slow);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_downloads_hold_no_ordinary_permit_and_end() {
    let limits = Limits {
        max_in_flight: 8,
        max_transfers: 8,
        max_transfers_per_caller: 8,
        min_bytes_per_second: 1024 * 1024 * 1024,
        ..short()
    };
    let server = Running::start(limits).await;
    server.fake.contents.lock().unwrap().insert("d1".to_owned(), vec![7; 10 * 1024 * 1024]);
    let bearer = token("reader");
    let get = format!(
        "GET /api/bpm/documents/d1/content HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {bearer}\r\n\r\n"
    );
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut client = server.client().await;
        client.send(&get).await;
        slow.push(client);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let p99 = p99_of_another_caller(&server, "8 slow downloads at max_in_flight 8").await;
    assert!(p99 < MAX_P99, "{p99:?}");
    assert_eq!(server.request(&get).await.failure(429), ["too_many_in_progress"]);
    // The connection of a reader below the minimum rate is closed after the grace period, and its permit is free.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(server.request(&get).await.status, 200);
    drop(slow);
    server.stop().await;
}

/// Connections that are kept open after one request each; those over the limit of their address are closed
/// immediately.
async fn idle_connections(server: &Running, count: usize) -> Vec<Client> {
    let mut idle = Vec::new();
    for _ in 0..count {
        let mut client = server.client().await;
        client.send("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await;
        client.try_read().await;
        idle.push(client);
    }
    tokio::time::sleep(Duration::from_millis(600)).await;
    idle
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_of_one_address_do_not_delay_other_addresses() {
    let server = Running::start(short()).await;
    let idle = idle_connections(&server, 1024).await;
    let p99 = p99_of_another_caller(&server, "1,024 idle connections of one address").await;
    assert!(p99 < MAX_P99, "{p99:?}");
    drop(idle);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn longest_idle_connection_closes_when_the_server_is_full() {
    let limits = Limits { max_connections: 1024, max_connections_per_address: 1024, ..short() };
    let server = Running::start(limits).await;
    let idle = idle_connections(&server, 1024).await;
    let p99 = p99_of_another_caller(&server, "1,024 idle connections, every permit taken").await;
    assert!(p99 < MAX_P99, "{p99:?}");
    drop(idle);
    server.stop().await;
}

#[tokio::test]
async fn address_over_its_connection_limit_is_answered_503() {
    let limits = Limits { max_connections_per_address: 2, ..short() };
    let server = Running::start(limits).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    for (count, client) in [(1, &mut first), (2, &mut second)] {
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
    }
    let mut third = server.client().await;
    third.send(command("Echo", &json!({}))).await;
    assert_eq!(third.read().await.failure(503), ["overloaded"], "it is over the limit");
    assert!(third.try_read().await.is_none());
    server.fake.gate.add_permits(2);
    first.read().await.success();
    drop(first);
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.request(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn caller_over_its_request_limit_is_answered_429() {
    let limits = Limits { max_in_flight: 4, max_in_flight_per_caller: 2, ..short() };
    let server = Running::start(limits).await;
    let mut waiting = Vec::new();
    for count in 1..=2 {
        let mut client = server.client().await;
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
        waiting.push(client);
    }
    let answer = server.request(command("Echo", &json!({}))).await;
    assert_eq!(answer.failure(429), ["too_many_in_progress"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let body = json!({"cmd": "Echo"}).to_string();
    server.request(bearing(&token("maker-2"), CMD, "", &body)).await.success();
    server.fake.gate.add_permits(2);
    for mut client in waiting {
        client.read().await.success();
    }
    server.request(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn admin_listener_answers_while_the_api_is_full() {
    let limits = Limits { max_connections: 1, max_in_flight: 1, ..short() };
    let server = Running::with_admin(limits).await;
    let mut waiting = server.client().await;
    waiting.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        let mut operator = Client::connect(server.admin).await;
        let answer = operator.request(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    let mut operator = Client::connect(server.admin).await;
    let answer = operator.request(command("Echo", &json!({}))).await;
    assert_eq!(answer.failure(404), ["path_not_found"], "the admin listener serves no operation");
    server.fake.gate.add_permits(1);
    waiting.read().await.success();
    drop(waiting);
    assert_eq!(server.get("/metrics").await.failure(404), ["path_not_found"]);
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn token_without_permissions_is_refused_before_the_body_is_read() {
    let server = Running::start(short()).await;
    let bearer = token_with("no-permissions", Permissions::default());
    let announced = bearing(&bearer, CMD, "", "").replace("Content-Length: 0", "Content-Length: 99999999");
    assert_eq!(server.request(announced).await.failure(403), ["permission_missing"]);
    server.stop().await;
}

#[tokio::test]
async fn body_with_too_many_values_is_rejected_before_its_end() {
    let server = Running::start(short()).await;
    let bomb = format!(
        r#"{{"commandName":"CreateIdentityDocumentCommand","data":{{"a":[{}"#,
        "{\"a\":{}},".repeat(20_001)
    );
    let head = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 14000000");
    let answer = server.request(format!("{head}{bomb}")).await;
    assert_eq!(answer.failure(400), ["too_complex"]);
    assert_eq!(answer.json()["errors"][0]["details"]["max"], 20_000);
    let small =
        post(CMD, "", &format!(r#"{{"commandName":"Echo","data":{{"a":[{}0]}}}}"#, "0,".repeat(20_001)));
    assert_eq!(server.request(small).await.failure(400), ["too_complex"]);
    server.stop().await;
}

#[tokio::test]
async fn large_body_is_accepted_only_for_an_operation_with_a_file() {
    let server = Running::start(short()).await;
    let body = |name: &str| json!({"commandName": name, "data": {"t": "x".repeat(70_000)}}).to_string();
    let answer = server.request(post(CMD, "", &body("Echo"))).await;
    assert_eq!(answer.failure(413), ["body_too_large"]);
    assert_eq!(answer.json()["errors"][0]["details"]["limit"], 65_536);
    server.request(post(CMD, "", &body("CreateIdentityDocumentCommand"))).await.success();
    let reader = token_with("reader", [client_domain::Permission::Read].into_iter().collect());
    let answer = server.request(bearing(&reader, CMD, "", &body("CreateIdentityDocumentCommand"))).await;
    assert_eq!(answer.failure(403), ["permission_missing"]);
    // A name after the file is found only when the body was read, and is then rejected.
    let late = format!(r#"{{"data":{{"t":"{}"}},"commandName":"Echo"}}"#, "x".repeat(70_000));
    assert_eq!(server.request(post(CMD, "", &late)).await.failure(413), ["body_too_large"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn address_at_its_limit_closes_its_idle_connections_for_new_ones() {
    let server = Running::start(Limits { max_connections_per_address: 4, ..short() }).await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        idle.push(server.client().await);
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let mut used = Vec::new();
    for count in 1..=4 {
        let mut client = server.client().await;
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
        used.push(client);
    }
    for mut client in idle {
        assert!(client.try_read().await.is_none(), "it was closed for a new connection");
    }
    // None of them is idle: one more is answered 503 before it sends a request.
    let mut late = server.client().await;
    let answer = late.read().await;
    assert_eq!(answer.failure(503), ["overloaded"]);
    assert_eq!((answer.header("retry-after"), answer.header("connection")), (Some("1"), Some("close")));
    assert!(late.try_read().await.is_none());
    server.fake.gate.add_permits(4);
    for mut client in used {
        client.read().await.success();
    }
    server.stop().await;
}
