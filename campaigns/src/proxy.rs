use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::RunError;

/// What a proxy does to what passes through it, from now on and also on connections that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// Each piece waits before it goes on.
    Delay {
        /// On the way to the server.
        up: Duration,
        /// On the way back.
        down: Duration,
    },
    /// So many bytes pass, both ways together, then every connection is cut at its next piece.
    CutAfter(u64),
    /// Half-open: connections are accepted and stay open, and nothing passes. One that has lost a piece stays dead
    /// when the fault is over, as one whose entry a router has dropped.
    Swallow,
    /// Open connections are cut, and new ones are refused.
    Refuse,
    /// What clients send reaches the server, and the connection is cut as soon as it answers.
    LoseAnswers,
    /// A byte at a time.
    Trickle(Duration),
}

/// A proxy between a client and a server that breaks their connections. All connections end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    line: Arc<Line>,
    listening: JoinHandle<()>,
}

/// What all connections share.
#[derive(Debug)]
struct Line {
    server: SocketAddr,
    fault: watch::Sender<Fault>,
    /// Goes up by one when open connections are to be cut.
    cuts: watch::Sender<u64>,
    /// Bytes since the fault began.
    passed: AtomicU64,
}

impl Proxy {
    /// A proxy to a server on this machine, on a port of the system's choice.
    pub async fn start(server: SocketAddr) -> Result<Self, RunError> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let line = Arc::new(Line {
            server,
            fault: watch::Sender::new(Fault::Pass),
            cuts: watch::Sender::new(0),
            passed: AtomicU64::new(0),
        });
        let listening = tokio::spawn(listen(listener, address, Arc::clone(&line)));
        Ok(Self { address, line, listening })
    }

    /// Where clients connect.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on this happens.
    pub fn set(&self, fault: Fault) {
        self.line.passed.store(0, Ordering::Relaxed);
        self.line.fault.send_replace(fault);
        if fault == Fault::Refuse {
            self.cut();
        }
    }

    /// Cuts every connection that is open.
    pub fn cut(&self) {
        self.line.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, address: SocketAddr, line: Arc<Line>) {
    let mut fault = line.fault.subscribe();
    let mut listener = Some(listener);
    let mut open = JoinSet::new();
    loop {
        if *fault.borrow_and_update() == Fault::Refuse {
            // Only a port without a listener refuses connections.
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).await.ok();
        }
        let Some(ears) = &listener else {
            tokio::select! {
                changed = fault.changed() => if changed.is_err() { return },
                () = sleep(Duration::from_millis(20)) => {}
            }
            continue;
        };
        tokio::select! {
            accepted = ears.accept() => if let Ok((client, _)) = accepted {
                open.spawn(connect(client, Arc::clone(&line)));
            },
            changed = fault.changed() => if changed.is_err() { return },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn connect(client: TcpStream, line: Arc<Line>) {
    let mut cuts = line.cuts.subscribe();
    let both_ways = async {
        let Ok(server) = TcpStream::connect(line.server).await else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        // Whichever way ends first ends both.
        tokio::select! {
            () = pump(from_client, to_server, &line, true) => {}
            () = pump(from_server, to_client, &line, false) => {}
        }
    };
    tokio::select! {
        () = both_ways => {}
        _ = cuts.changed() => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: &Line, upwards: bool) {
    let mut buffer = vec![0; 16 * 1024];
    let mut dead = false;
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let Some(piece) = buffer.get(..length) else { break };
        let fault = *line.fault.borrow();
        dead |= fault == Fault::Swallow;
        if dead {
            continue;
        }
        let sent = match fault {
            Fault::Pass | Fault::Swallow | Fault::Refuse => to.write_all(piece).await,
            Fault::LoseAnswers if upwards => to.write_all(piece).await,
            Fault::LoseAnswers => return,
            Fault::Delay { up, down } => {
                sleep(if upwards { up } else { down }).await;
                to.write_all(piece).await
            }
            Fault::CutAfter(limit) => {
                let before = line.passed.fetch_add(length as u64, Ordering::Relaxed);
                let left = usize::try_from(limit.saturating_sub(before)).unwrap_or(usize::MAX);
                let sent = to.write_all(piece.get(..left).unwrap_or(piece)).await;
                if left < length {
                    return;
                }
                sent
            }
            Fault::Trickle(pause) => trickle(&mut to, piece, pause, line).await,
        };
        if sent.is_err() {
            return;
        }
    }
    // A half-open connection does not report that the other side has left.
    if dead {
        std::future::pending::<()>().await;
    }
}

/// Byte by byte, until another mode is set: then the rest is sent immediately.
async fn trickle(to: &mut OwnedWriteHalf, piece: &[u8], pause: Duration, line: &Line) -> std::io::Result<()> {
    let mut rest = piece;
    while let Some((byte, after)) = rest.split_first() {
        if *line.fault.borrow() != Fault::Trickle(pause) {
            return to.write_all(rest).await;
        }
        to.write_all(&[*byte]).await?;
        rest = after;
        sleep(pause).await;
    }
    Ok(())
}
