//! What one caller, or one address, can take from all others.

use std::time::{Duration, Instant};

use adapter_http::Limits;
use client_domain::Permissions;
use serde_json::json;

use crate::client::Client;
use crate::fixture::{CMD, Running, bearing, command, post, short, token, token_with};

/// The longest that another caller waits beside an attack, of so many probes.
const LIMIT: Duration = Duration::from_millis(100);
const PROBES: u32 = 100;

/// Commands of another caller at another address, each on a connection of its own and one after the other: the 99th
/// percentile of their times.
#[expect(clippy::print_stderr, reason = "what was measured is printed, whatever it is")]
async fn probed(server: &Running, what: &str) -> Duration {
    let body = json!({"cmd": "Echo"}).to_string();
    let request = bearing(&token("someone-else"), CMD, "", &body);
    let mut times = Vec::new();
    for _ in 0..PROBES {
        let begun = Instant::now();
        let mut client = Client::connect_from("127.0.0.2", server.address).await;
        client.ask(&request).await.success();
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
    let p99 = probed(&server, "512 slow bodies of one address").await;
    assert!(p99 < LIMIT, "{p99:?}");
    // They are answered when the pace has run out, long before the deadline of a request.
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
    let p99 = probed(&server, "8 slow downloads at max_in_flight 8").await;
    assert!(p99 < LIMIT, "{p99:?}");
    assert_eq!(server.ask(&get).await.failure(429), ["too_many_in_progress"]);
    // A reader below the least rate is cut after the grace period, and its permit is free again.
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(server.ask(&get).await.status, 200);
    drop(slow);
    server.stop().await;
}

/// Connections that are kept open with one request each; those over the share of their address are closed at once.
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
async fn idle_connections_of_one_address_leave_room_for_others() {
    let server = Running::start(short()).await;
    let idle = idle_connections(&server, 1024).await;
    let p99 = probed(&server, "1,024 idle connections of one address").await;
    assert!(p99 < LIMIT, "{p99:?}");
    drop(idle);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_idle_connection_makes_room_where_all_places_are_taken() {
    let limits = Limits { max_connections: 1024, max_connections_per_address: 1024, ..short() };
    let server = Running::start(limits).await;
    let idle = idle_connections(&server, 1024).await;
    let p99 = probed(&server, "1,024 idle connections, every place taken").await;
    assert!(p99 < LIMIT, "{p99:?}");
    drop(idle);
    server.stop().await;
}

#[tokio::test]
async fn one_address_has_its_share_of_the_connections() {
    let limits = Limits { max_connections_per_address: 2, ..short() };
    let server = Running::start(limits).await;
    let (mut first, mut second) = (server.client().await, server.client().await);
    for (count, client) in [(1, &mut first), (2, &mut second)] {
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
    }
    let mut third = server.client().await;
    third.send(command("Echo", &json!({}))).await;
    assert_eq!(third.read().await.failure(503), ["overloaded"], "answered over the share");
    assert!(third.try_read().await.is_none());
    server.fake.gate.add_permits(2);
    first.read().await.success();
    drop(first);
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.ask(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn one_caller_has_its_share_of_the_permits() {
    let limits = Limits { max_in_flight: 4, max_in_flight_per_caller: 2, ..short() };
    let server = Running::start(limits).await;
    let mut waiting = Vec::new();
    for count in 1..=2 {
        let mut client = server.client().await;
        client.send(command("Wait", &json!({}))).await;
        server.started(count).await;
        waiting.push(client);
    }
    let answer = server.ask(command("Echo", &json!({}))).await;
    assert_eq!(answer.failure(429), ["too_many_in_progress"]);
    assert_eq!(answer.header("retry-after"), Some("1"));
    let body = json!({"cmd": "Echo"}).to_string();
    server.ask(bearing(&token("maker-2"), CMD, "", &body)).await.success();
    server.fake.gate.add_permits(2);
    for mut client in waiting {
        client.read().await.success();
    }
    server.ask(command("Echo", &json!({}))).await.success();
    server.stop().await;
}

#[tokio::test]
async fn operators_are_answered_whatever_callers_do() {
    let limits = Limits { max_connections: 1, max_in_flight: 1, ..short() };
    let server = Running::with_admin(limits).await;
    let mut waiting = server.client().await;
    waiting.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        let mut operator = Client::connect(server.admin).await;
        let answer = operator.ask(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    let mut operator = Client::connect(server.admin).await;
    let answer = operator.ask(command("Echo", &json!({}))).await;
    assert_eq!(answer.failure(404), ["path_not_found"], "no operation is offered there");
    server.fake.gate.add_permits(1);
    waiting.read().await.success();
    drop(waiting);
    assert_eq!(server.get("/metrics").await.failure(404), ["path_not_found"]);
    assert_eq!(server.get("/healthz").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_token_without_permissions_sends_no_body() {
    let server = Running::start(short()).await;
    let bearer = token_with("nobody", Permissions::default());
    let announced = bearing(&bearer, CMD, "", "").replace("Content-Length: 0", "Content-Length: 99999999");
    assert_eq!(server.ask(announced).await.failure(403), ["permission_missing"]);
    server.stop().await;
}

#[tokio::test]
async fn many_values_are_refused_while_they_arrive() {
    let server = Running::start(short()).await;
    let bomb = format!(
        r#"{{"commandName":"CreateIdentityDocumentCommand","data":{{"a":[{}"#,
        "{\"a\":{}},".repeat(20_001)
    );
    let head = post(CMD, "", "").replace("Content-Length: 0", "Content-Length: 14000000");
    let answer = server.ask(format!("{head}{bomb}")).await;
    assert_eq!(answer.failure(400), ["too_complex"]);
    assert_eq!(answer.json()["errors"][0]["details"]["max"], 20_000);
    let small =
        post(CMD, "", &format!(r#"{{"commandName":"Echo","data":{{"a":[{}0]}}}}"#, "0,".repeat(20_001)));
    assert_eq!(server.ask(small).await.failure(400), ["too_complex"]);
    server.stop().await;
}

#[tokio::test]
async fn only_an_operation_with_a_file_may_have_a_large_body() {
    let server = Running::start(short()).await;
    let body = |name: &str| json!({"commandName": name, "data": {"t": "x".repeat(70_000)}}).to_string();
    let answer = server.ask(post(CMD, "", &body("Echo"))).await;
    assert_eq!(answer.failure(413), ["body_too_large"]);
    assert_eq!(answer.json()["errors"][0]["details"]["limit"], 65_536);
    server.ask(post(CMD, "", &body("CreateIdentityDocumentCommand"))).await.success();
    let reader = token_with("reader", [client_domain::Permission::Read].into_iter().collect());
    let answer = server.ask(bearing(&reader, CMD, "", &body("CreateIdentityDocumentCommand"))).await;
    assert_eq!(answer.failure(403), ["permission_missing"]);
    // The name behind the file is found too late to ask before, and not too late to refuse.
    let late = format!(r#"{{"data":{{"t":"{}"}},"commandName":"Echo"}}"#, "x".repeat(70_000));
    assert_eq!(server.ask(post(CMD, "", &late)).await.failure(413), ["body_too_large"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_of_one_address_do_not_lock_it_out() {
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
        assert!(client.try_read().await.is_none(), "it made room");
    }
    // None of them is idle: one more is told so, before it has asked.
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
