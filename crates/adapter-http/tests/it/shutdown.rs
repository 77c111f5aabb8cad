//! Shutdown.

use std::io::Write as _;
use std::time::{Duration, Instant};

use adapter_http::Limits;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::client::Client;
use crate::fixture::{Running, command, query, short, until};

const MS: fn(u64) -> Duration = Duration::from_millis;

#[tokio::test]
async fn begun_request_is_answered_during_shutdown() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    server.shutdown.cancel();
    let address = server.address;
    let mut refused = false;
    for _ in 0..100 {
        refused = TcpStream::connect(address).await.is_err();
        if refused {
            break;
        }
        sleep(MS(10)).await;
    }
    assert!(refused, "the listener is still open");
    server.fake.gate.add_permits(1);
    let answer = client.read().await;
    answer.success();
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(client.try_read().await.is_none());
    let report = server.stopped().await;
    assert_eq!((report.connections_cut, report.operations_cut), (0, 0));
}

#[tokio::test]
async fn response_that_is_being_sent_is_sent_to_its_end() {
    let server = Running::start(Limits { drain_deadline: Duration::from_secs(30), ..short() }).await;
    let mut client = server.client().await;
    client.send(query("Big", &json!({}))).await;
    sleep(MS(100)).await;
    server.shutdown.cancel();
    sleep(MS(100)).await;
    let answer = client.read().await;
    assert_eq!(answer.success().as_str().map(str::len), Some(32 * 1024 * 1024));
    assert_eq!(server.stopped().await.connections_cut, 0);
}

#[tokio::test]
async fn connections_without_a_request_do_not_delay_shutdown() {
    let server = Running::start(Limits { drain_deadline: Duration::from_secs(30), ..short() }).await;
    let mut silent = server.client().await;
    let mut half = server.client().await;
    half.send("POST /api/bpm/cmd HTTP/1.1\r\nHo").await;
    let mut idle = server.client().await;
    idle.request("GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").await.success();
    let begun = Instant::now();
    let report = server.stop().await;
    assert!(begun.elapsed() < MS(1000), "{:?}", begun.elapsed());
    assert_eq!((report.accepted, report.connections_cut, report.operations_cut), (3, 0, 0));
    for client in [&mut silent, &mut half, &mut idle] {
        assert!(client.try_read().await.is_none());
    }
}

#[tokio::test]
async fn drain_deadline_cancels_requests_and_operations() {
    let server = Running::start(Limits { drain_deadline: MS(150), ..short() }).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    let mut slow = server.client().await;
    slow.send(command("Echo", &json!({})).trim_end_matches('}')).await;
    sleep(MS(50)).await;
    let begun = Instant::now();
    let fake = server.fake.clone();
    let report = server.stop().await;
    assert!(begun.elapsed() >= MS(140) && begun.elapsed() < MS(1000), "{:?}", begun.elapsed());
    assert_eq!((report.connections_cut, report.operations_cut), (2, 1));
    assert_eq!(client.read().await.failure(504), ["outcome_unknown"]);
    assert!(slow.try_read().await.is_none());
    fake.gate.add_permits(1);
    sleep(MS(50)).await;
    assert_eq!(fake.gate.available_permits(), 1, "the command was not stopped");
}

#[tokio::test]
async fn shutdown_waits_for_a_command_whose_caller_hung_up() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    drop(client);
    server.shutdown.cancel();
    let fake = server.fake.clone();
    let (report, ()) = tokio::join!(server.stopped(), async {
        sleep(MS(100)).await;
        fake.gate.add_permits(1);
    });
    assert_eq!(report.operations_cut, 0);
    assert_eq!(fake.finished.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn readiness_fails_before_the_listener_closes() {
    let server = Running::start(Limits { drain_notice: MS(400), ..short() }).await;
    server.get("/readyz").await.success();
    server.shutdown.cancel();
    sleep(MS(50)).await;
    assert_eq!(server.get("/readyz").await.failure(503), ["overloaded"]);
    server.get("/healthz").await.success();
    server.request(command("Echo", &json!({}))).await.success();
    server.stopped().await;
}

#[tokio::test]
async fn answers_during_the_notice_are_the_last_of_their_connections() {
    let server = Running::start(Limits { drain_notice: MS(600), ..short() }).await;
    let mut kept = server.client().await;
    let before = kept.request(command("Echo", &json!({}))).await;
    assert_eq!(before.header("connection"), None);
    server.shutdown.cancel();
    sleep(MS(50)).await;
    for mut client in [kept, server.client().await] {
        let last = client.request(command("Echo", &json!({}))).await;
        assert_eq!(last.header("connection"), Some("close"));
        last.success();
        assert!(client.try_read().await.is_none());
    }
    assert_eq!(server.stopped().await.connections_cut, 0);
}

#[tokio::test]
async fn request_that_is_on_its_way_when_the_listener_closes_is_answered() {
    let server = Running::start(short()).await;
    let silent = server.client().await;
    let mut kept = server.client().await;
    kept.request(command("Echo", &json!({}))).await.success();
    // The server takes connections in their order, so both others are open as well.
    server.shutdown.cancel();
    while TcpStream::connect(server.address).await.is_ok() {
        sleep(MS(5)).await;
    }
    for mut client in [silent, kept] {
        let last = client.request(command("Echo", &json!({}))).await;
        assert_eq!(last.header("connection"), Some("close"));
        last.success();
        assert!(client.try_read().await.is_none());
    }
    assert_eq!(server.stopped().await.connections_cut, 0);
}

#[tokio::test]
async fn connections_in_the_backlog_of_the_closing_listener_are_answered() {
    for _ in 0..5 {
        let server = Running::start(Limits { drain_notice: MS(20), ..short() }).await;
        server.shutdown.cancel();
        sleep(MS(5)).await;
        // This thread is the server's as well, so nothing is accepted until the notice is over.
        std::thread::sleep(MS(30));
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let mut stream = std::net::TcpStream::connect(server.address).unwrap();
                stream.write_all(command("Echo", &json!({})).as_bytes()).unwrap();
                stream.set_nonblocking(true).unwrap();
                Client::of(TcpStream::from_std(stream).unwrap())
            })
            .collect();
        for mut caller in callers {
            caller.read().await.success();
        }
        server.stopped().await;
    }
}

#[tokio::test]
async fn dropped_server_cancels_connections_and_operations() {
    let server = Running::start(short()).await;
    let mut client = server.client().await;
    client.send(command("Wait", &json!({}))).await;
    server.started(1).await;
    let fake = server.fake.clone();
    server.abort();
    // The connection is closed, with or without a response that the outcome is unknown.
    if let Some(answer) = client.try_read().await {
        assert_eq!(answer.failure(504), ["outcome_unknown"]);
    }
    until("only the test holds the application", || std::sync::Arc::strong_count(&fake) == 1).await;
}
