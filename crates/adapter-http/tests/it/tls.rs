//! TLS at the port.

use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_http::{Limits, Tls, TlsError};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::certificate::{Certificate, certificate};
use crate::fixture::{Running, command, short};

fn tls(certificate: &Certificate) -> Tls {
    Tls::read(certificate.pem.as_bytes(), certificate.key_pem.as_bytes()).unwrap()
}

/// A connection of a caller who trusts this certificate.
async fn connect(server: &Running, trusted: &Certificate) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.der.clone())).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = builder
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address).await?;
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().unwrap(), stream).await
}

/// The answer to a request, up to the end of the connection.
async fn answer(stream: &mut TlsStream<TcpStream>) -> String {
    let request =
        command("Echo", &json!({})).replace("Host: test\r\n", "Host: test\r\nConnection: close\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

/// What is read before the server closes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    let ended = timeout(Duration::from_secs(10), stream.read_to_end(&mut read)).await;
    // A reset is an end as well.
    let _ = ended.expect("the server closes");
    read
}

#[tokio::test]
async fn requests_are_answered_over_tls_and_a_new_certificate_is_for_new_connections() {
    let (first, second) = (certificate("first"), certificate("second"));
    let tls_of_server = tls(&first);
    let server = Running::shaped(short(), |server| server.with_tls(tls_of_server.clone())).await;
    let mut open = connect(&server, &first).await.unwrap();
    let mut other = connect(&server, &first).await.unwrap();
    assert!(answer(&mut other).await.starts_with("HTTP/1.1 200"));
    assert!(connect(&server, &second).await.is_err(), "the caller does not trust it");

    tls_of_server.adopt(&tls(&second));
    assert!(connect(&server, &first).await.is_err());
    let mut renewed = connect(&server, &second).await.unwrap();
    assert!(answer(&mut renewed).await.starts_with("HTTP/1.1 200"));
    assert!(answer(&mut open).await.starts_with("HTTP/1.1 200"), "a connection outlives the certificate");
    server.stop().await;
}

#[tokio::test]
async fn plain_http_is_closed_and_nothing_of_the_api_is_sent() {
    let own = certificate("own");
    let server = Running::shaped(short(), |server| server.with_tls(tls(&own))).await;
    for bytes in
        [command("Echo", &json!({})).into_bytes(), b"\x16\x03\x01\xff\xff junk".to_vec(), vec![0; 70_000]]
    {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // The server may have closed already.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let read = rest(&mut stream).await;
        // An alert of TLS at most.
        assert!(read.len() <= 7 && !read.starts_with(b"HTTP"), "{read:?}");
    }
    assert!(answer(&mut connect(&server, &own).await.unwrap()).await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test]
async fn handshake_that_never_ends_holds_no_place() {
    let own = certificate("own");
    let limits = Limits { header_timeout: Duration::from_millis(300), max_connections: 2, ..short() };
    let server = Running::shaped(limits, |server| server.with_tls(tls(&own))).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"\x16\x03\x01").await.unwrap();
    let began = Instant::now();
    assert!(rest(&mut silent).await.is_empty() && rest(&mut slow).await.is_empty());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // A handshake and no request: the time of both is limited together.
    let mut idle = connect(&server, &own).await.unwrap();
    let ended = timeout(Duration::from_secs(5), idle.read(&mut [0])).await;
    assert!(ended.is_ok(), "it stays open");
    assert!(answer(&mut connect(&server, &own).await.unwrap()).await.starts_with("HTTP/1.1 200"));

    let waiting = TcpStream::connect(server.address).await.unwrap();
    let began = Instant::now();
    server.stop().await;
    assert!(began.elapsed() < Duration::from_secs(1), "the stop waits for no handshake");
    drop(waiting);
}

#[tokio::test]
async fn connections_over_the_limit_of_their_address_are_closed() {
    let own = certificate("own");
    let limits = Limits { max_connections_per_address: 1, ..short() };
    let server = Running::shaped(limits, |server| server.with_tls(tls(&own))).await;
    let held = connect(&server, &own).await.unwrap();
    let mut second = TcpStream::connect(server.address).await.unwrap();
    assert!(rest(&mut second).await.is_empty(), "no response in the clear");
    drop(held);
    server.stop().await;
}

#[test]
fn certificate_and_key_must_belong_together() {
    let (one, other) = (certificate("one"), certificate("other"));
    let read = |pem: &str, key: &str| Tls::read(pem.as_bytes(), key.as_bytes()).unwrap_err();
    assert_eq!(read(&one.key_pem, &one.key_pem), TlsError::NoCertificate);
    assert_eq!(read(&one.pem, &one.pem), TlsError::NoKey);
    assert_eq!(read(&one.pem, &other.key_pem), TlsError::Unusable);
    assert_eq!(read(&one.pem.replace("MII", "AAA"), &one.key_pem), TlsError::Unusable);
    let chain = format!("{}{}", one.pem, other.pem);
    assert!(Tls::read(chain.as_bytes(), one.key_pem.as_bytes()).is_ok(), "the own one is first");
}
