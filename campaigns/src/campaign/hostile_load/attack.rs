//! What hostile callers do with a connection.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::RunError;

/// How many connections come from one address, below the share of an address.
const FROM_ONE_ADDRESS: u64 = 1_000;
/// Between two bytes of a caller that sends them one by one.
const TRICKLE: Duration = Duration::from_millis(500);

/// One way to hold a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attack {
    /// Nothing is sent.
    Silent,
    /// The header never ends.
    HalfHeader,
    /// The header comes a line at a time, without an end.
    SlowHeader,
    /// The body comes a byte at a time.
    SlowBody,
    /// Answers are asked for and never read.
    SlowReader,
    /// Connections are opened and closed at once.
    Churn,
}

impl Attack {
    /// All that hold a connection.
    pub(super) const ALL: [Self; 5] =
        [Self::Silent, Self::HalfHeader, Self::SlowHeader, Self::SlowBody, Self::SlowReader];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent connections",
            Self::HalfHeader => "half headers",
            Self::SlowHeader => "headers line by line",
            Self::SlowBody => "bodies byte by byte",
            Self::SlowReader => "answers that are not read",
            Self::Churn => "connections that close at once",
        }
    }
}

/// What became of hostile connections.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fate {
    pub(super) opened: u64,
    pub(super) closed: u64,
    pub(super) longest: Duration,
}

#[derive(Debug, Default)]
struct Counters {
    opened: AtomicU64,
    closed: AtomicU64,
    longest: AtomicU64,
    /// When each caller has opened the connection that it holds.
    open: Mutex<HashMap<u64, Instant>>,
}

impl Counters {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Instant>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hostile callers at work; they end when this is dropped.
pub(super) struct Attackers {
    tasks: JoinSet<()>,
    counters: Arc<Counters>,
}

impl Attackers {
    /// This many callers, each of which connects again when it is thrown out.
    pub(super) fn begin(attack: Attack, number: u64, address: &str, token: &str) -> Self {
        let counters = Arc::new(Counters::default());
        let mut tasks = JoinSet::new();
        for one in 0..number {
            let (address, token, counters) = (address.to_owned(), token.to_owned(), Arc::clone(&counters));
            let last = u8::try_from(one / FROM_ONE_ADDRESS + 2).unwrap_or(2);
            tasks.spawn(async move {
                loop {
                    // A refused connection is what a hostile caller deserves.
                    let _ = hold(attack, (one, last), &address, &token, &counters).await;
                    sleep(Duration::from_millis(200)).await;
                }
            });
        }
        Self { tasks, counters }
    }

    /// Ends them: what became of their connections, those that the service still holds open among them.
    pub(super) async fn end(mut self) -> Fate {
        let held = self.counters.open().values().map(Instant::elapsed).max().unwrap_or_default();
        self.tasks.shutdown().await;
        let held = u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
        self.counters.longest.fetch_max(held, Ordering::Relaxed);
        Fate {
            opened: self.counters.opened.load(Ordering::Relaxed),
            closed: self.counters.closed.load(Ordering::Relaxed),
            longest: Duration::from_millis(self.counters.longest.load(Ordering::Relaxed)),
        }
    }
}

/// Holds one connection until the service closes it.
async fn hold(
    attack: Attack,
    (one, last): (u64, u8),
    address: &str,
    token: &str,
    counters: &Counters,
) -> Result<(), RunError> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0)))?;
    let target: SocketAddr = address.parse().map_err(RunError::during("the address of the service"))?;
    let mut stream = socket.connect(target).await?;
    counters.opened.fetch_add(1, Ordering::Relaxed);
    let begun = Instant::now();
    counters.open().insert(one, begun);
    let held = misuse(attack, &mut stream, token).await;
    counters.open().remove(&one);
    let closed = attack != Attack::Churn;
    counters.closed.fetch_add(u64::from(closed && held.is_err()), Ordering::Relaxed);
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    counters.longest.fetch_max(took, Ordering::Relaxed);
    Ok(())
}

/// An error is the end of the connection.
async fn misuse(attack: Attack, stream: &mut TcpStream, token: &str) -> std::io::Result<()> {
    const HEAD: &str = "POST /api/bpm/cmd HTTP/1.1\r\nHost: clients\r\n";
    match attack {
        Attack::Silent => until_closed(stream).await,
        Attack::HalfHeader => {
            stream.write_all(HEAD.as_bytes()).await?;
            until_closed(stream).await
        }
        Attack::SlowHeader => {
            stream.write_all(HEAD.as_bytes()).await?;
            trickle(stream, b"X-More: 1\r\n").await
        }
        Attack::SlowBody => {
            let head = format!(
                "{HEAD}Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
            trickle(stream, b" ").await
        }
        Attack::SlowReader => {
            let request = "GET /openapi.json HTTP/1.1\r\nHost: clients\r\n\r\n".repeat(20);
            stream.write_all(request.as_bytes()).await?;
            // Nothing is read, so the end of the connection shows in a write only.
            loop {
                sleep(TRICKLE * 4).await;
                stream.write_all(b"G").await?;
            }
        }
        Attack::Churn => Ok(()),
    }
}

/// Sends the same again and again until that fails or the service closes.
async fn trickle(stream: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    loop {
        stream.write_all(piece).await?;
        if let Ok(ended) = timeout(TRICKLE, until_closed(stream)).await {
            return ended;
        }
    }
}

/// Reads to the end, which is an error here like every other end.
async fn until_closed(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut buffer = [0; 512];
    loop {
        if stream.read(&mut buffer).await? == 0 {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
    }
}
