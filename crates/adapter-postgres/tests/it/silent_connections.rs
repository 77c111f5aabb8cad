//! Connections that are open and never answer: they delay their callers for a moment, and no other caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{ClientStore as _, Committed, StoreError};
use client_domain::Client;
use store_conformance::fixtures::{applicant, creation, maker};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::timeout;

use crate::database::{Database, settings};

/// Passes bytes on to the server. Connections that are open when the wire falls silent stay open and pass
/// nothing on any more; later connections work.
struct Wire {
    address: String,
    silent: Arc<AtomicBool>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to the server: through its socket where the address names one.
async fn server(socket: Option<&str>, host: &str) -> Box<dyn Stream> {
    match socket {
        Some(folder) => Box::new(UnixStream::connect(format!("{folder}/.s.PGSQL.5432")).await.unwrap()),
        None => Box::new(TcpStream::connect(host).await.unwrap()),
    }
}

impl Wire {
    async fn to(socket: Option<String>, host: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let silent = Arc::new(AtomicBool::new(false));
        let is_silent = Arc::clone(&silent);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = server(socket.as_deref(), &host).await;
                let ((near_in, near_out), (far_in, far_out)) = (split(near), split(far));
                // A connection that is opened after the silence began works.
                let silent =
                    if is_silent.load(Ordering::SeqCst) { Arc::default() } else { Arc::clone(&is_silent) };
                tokio::spawn(pass(near_in, far_out, Arc::clone(&silent)));
                tokio::spawn(pass(far_in, near_out, silent));
            }
        });
        Self { address, silent }
    }
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, silent: Arc<AtomicBool>) {
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if silent.load(Ordering::SeqCst) {
            // Held open for longer than any test takes.
            tokio::time::sleep(Duration::from_mins(10)).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_replaced() {
    let database = Database::fresh().await;
    let (before, after) = database.url.split_once('@').unwrap();
    let (host, name) = after.split_once('/').unwrap();
    let socket = name.split_once("host=").map(|(_, folder)| folder.split('&').next().unwrap().to_owned());
    let wire = Wire::to(socket, host.to_owned()).await;
    let name = name.split('?').next().unwrap();
    let mut limits = settings(&format!("{before}@{}/{name}", wire.address));
    limits.max_connections = 2;
    limits.statement_timeout = Duration::from_millis(500);
    limits.trusted_idle = Duration::from_mins(10);
    let store = PostgresStore::open(&limits).await.unwrap();
    // Both connections are open and in use before the silence.
    let (one, other) = (applicant(1), applicant(2));
    let (one, other) = (Client::onboard(one, &maker(0)), Client::onboard(other, &maker(0)));
    let (one, other) = tokio::join!(store.commit(creation(&one)), store.commit(creation(&other)));
    assert_eq!((one.unwrap(), other.unwrap()), (Committed::Done, Committed::Done));

    wire.silent.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    let (third, fourth) =
        (Client::onboard(applicant(3), &maker(0)), Client::onboard(applicant(4), &maker(0)));
    let (third, fourth) = (creation(&third), creation(&fourth));
    let both = async { tokio::join!(store.commit(third), store.commit(fourth)) };
    let answers = timeout(Duration::from_secs(20), both).await;
    let (first, second) = answers.expect("a commit waits for an answer that never comes");
    for answer in [first, second] {
        // Done over a new connection, or not known: the server may have done it, its answer never came.
        assert!(
            matches!(answer, Ok(Committed::Done) | Err(StoreError::TimedOut(_) | StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    let waited = begun.elapsed();
    for n in 5..9 {
        let change = Client::onboard(applicant(n), &maker(0));
        // Until a probe was confirmed the circuit may refuse a commit immediately; nothing is written
        // then.
        let done = loop {
            match store.commit(creation(&change)).await {
                Err(StoreError::Unavailable(_)) if begun.elapsed() < waited + Duration::from_secs(10) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                answer => break answer.unwrap(),
            }
        };
        assert_eq!(done, Committed::Done, "{n}");
    }
    assert!(begun.elapsed() < waited + Duration::from_secs(10), "{:?} {waited:?}", begun.elapsed());
}
