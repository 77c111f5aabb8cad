//! What the proxy does, seen through an echo.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use clients_campaigns::{Fault, Proxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

const SOON: Duration = Duration::from_secs(5);
const A_WHILE: Duration = Duration::from_millis(200);

/// A proxy to an echo server.
async fn proxy_to_echo() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = connection.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    Proxy::start(address).await.unwrap()
}

async fn connected(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

/// What comes back of a text, up to the end of the connection or its own length.
async fn echo(connection: &mut TcpStream, text: &str) -> String {
    connection.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while answer.len() < text.len() {
        let mut byte = [0];
        match timeout(SOON, connection.read(&mut byte)).await.expect("silent") {
            Ok(1) => answer.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(answer).unwrap()
}

async fn is_silent(connection: &mut TcpStream) -> bool {
    timeout(A_WHILE, connection.read(&mut [0])).await.is_err()
}

async fn is_cut(connection: &mut TcpStream) -> bool {
    matches!(timeout(SOON, connection.read(&mut [0])).await, Ok(Ok(0) | Err(_)))
}

/// The request arrives, and its sender is cut off instead of being answered.
#[tokio::test]
async fn lost_answers_belong_to_received_requests() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = Proxy::start(listener.local_addr().unwrap()).await.unwrap();
    let mut connection = connected(&proxy).await;
    let (mut server, _) = listener.accept().await.unwrap();
    proxy.set(Fault::LoseAnswers);
    connection.write_all(b"commit").await.unwrap();
    let mut arrived = [0; 6];
    timeout(SOON, server.read_exact(&mut arrived)).await.unwrap().unwrap();
    assert_eq!(&arrived, b"commit");
    assert!(is_silent(&mut connection).await);
    server.write_all(b"done").await.unwrap();
    assert!(is_cut(&mut connection).await);
    proxy.set(Fault::Pass);
    let _whole_again = connected(&proxy).await;
    timeout(SOON, listener.accept()).await.unwrap().unwrap();
}

#[tokio::test]
async fn proxy_without_faults_passes_everything() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    assert_eq!(echo(&mut connection, "hello").await, "hello");
    let long = "x".repeat(100_000);
    assert_eq!(echo(&mut connection, &long).await, long);
}

#[tokio::test]
async fn delay_applies_in_both_directions_and_can_be_removed() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    proxy.set(Fault::Delay { up: Duration::from_millis(100), down: Duration::from_millis(50) });
    let begun = Instant::now();
    assert_eq!(echo(&mut connection, "late").await, "late");
    assert!(begun.elapsed() >= Duration::from_millis(150));
    proxy.set(Fault::Pass);
    assert_eq!(echo(&mut connection, "hello").await, "hello");
}

#[tokio::test]
async fn cut_ends_open_connections_only() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    assert_eq!(echo(&mut connection, "hello").await, "hello");
    proxy.cut();
    assert!(is_cut(&mut connection).await);
    assert_eq!(echo(&mut connected(&proxy).await, "again").await, "again");
}

#[tokio::test]
async fn cut_after_some_bytes_passes_exactly_those() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    // Five up, three of five back.
    proxy.set(Fault::CutAfter(8));
    assert_eq!(echo(&mut connection, "hello").await, "hel");
    assert!(is_cut(&mut connection).await);
}

#[tokio::test]
async fn half_open_connection_passes_nothing_and_stays_dead() {
    let proxy = proxy_to_echo().await;
    let mut old = connected(&proxy).await;
    assert_eq!(echo(&mut old, "hello").await, "hello");
    proxy.set(Fault::Swallow);
    let mut new = connected(&proxy).await;
    for connection in [&mut old, &mut new] {
        connection.write_all(b"is anybody there").await.unwrap();
        assert!(is_silent(connection).await);
    }
    proxy.set(Fault::Pass);
    old.write_all(b"and now").await.unwrap();
    assert!(is_silent(&mut old).await);
    assert_eq!(echo(&mut connected(&proxy).await, "hello").await, "hello");
}

#[tokio::test]
async fn refusal_cuts_open_connections_and_can_be_lifted() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    assert_eq!(echo(&mut connection, "hello").await, "hello");
    proxy.set(Fault::Refuse);
    assert!(is_cut(&mut connection).await);
    let begun = Instant::now();
    loop {
        match TcpStream::connect(proxy.address()).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
            _ => assert!(begun.elapsed() < SOON),
        }
    }
    proxy.set(Fault::Pass);
    let begun = Instant::now();
    while TcpStream::connect(proxy.address()).await.is_err() {
        assert!(begun.elapsed() < SOON);
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(echo(&mut connected(&proxy).await, "hello").await, "hello");
}

#[tokio::test]
async fn trickle_is_slow_and_complete() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    let pause = Duration::from_millis(10);
    proxy.set(Fault::Trickle(pause));
    let begun = Instant::now();
    assert_eq!(echo(&mut connection, "0123456789").await, "0123456789");
    // Nine pauses lie between ten bytes; both directions trickle side by side.
    assert!(begun.elapsed() >= pause * 9);
}

#[tokio::test]
async fn rest_of_a_trickle_is_sent_when_the_fault_ends() {
    let proxy = proxy_to_echo().await;
    let mut connection = connected(&proxy).await;
    proxy.set(Fault::Trickle(A_WHILE));
    let long = "x".repeat(10_000);
    let (answer, ()) = tokio::join!(echo(&mut connection, &long), async {
        sleep(A_WHILE).await;
        proxy.set(Fault::Pass);
    });
    assert_eq!(answer, long);
}
