//! Honest callers that open a connection for each question.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long a newcomer waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: clients\r\nConnection: close\r\n\r\n";

/// How long newcomers waited for their answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waits {
    pub(super) questions: usize,
    /// How many got no answer in [`PATIENCE`].
    pub(super) unanswered: usize,
    pub(super) p99: Duration,
    pub(super) longest: Duration,
}

/// This many callers, for this long, each of which rests after its answer.
pub(super) async fn newcomers(number: u64, address: &str, length: Duration, rest: Duration) -> Waits {
    let end = Instant::now() + length;
    let mut callers = JoinSet::new();
    for _ in 0..number {
        let address = address.to_owned();
        callers.spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < end {
                let begun = Instant::now();
                let answered = matches!(timeout(PATIENCE, ask(&address)).await, Ok(Ok(())));
                waits.push(if answered { begun.elapsed() } else { PATIENCE });
                sleep(rest).await;
            }
            waits
        });
    }
    let mut waits: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    waits.sort_unstable();
    Waits {
        questions: waits.len(),
        unanswered: waits.iter().filter(|wait| **wait >= PATIENCE).count(),
        p99: waits.get(waits.len() * 99 / 100).copied().unwrap_or_default(),
        longest: waits.last().copied().unwrap_or_default(),
    }
}

async fn ask(address: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(REQUEST).await?;
    let mut answer = [0; 16];
    stream.read_exact(&mut answer).await.map(drop)
}
