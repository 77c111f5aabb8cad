//! What a connection is doing, and how long it may.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::Limits;
use crate::pace::Pace;

/// Where a connection stands between two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// A header is awaited: that of the first request, or one whose first byte has come.
    Header(Instant),
    /// The last answer was given, the next request has not begun; since the last byte of the answer left.
    Idle(Instant),
    /// A request is being read or worked on.
    Busy,
    /// An answer is being sent; so many of its bytes have left.
    Sending(Pace, u64),
}

impl Phase {
    fn ends_at(self, limits: &Limits) -> Option<Instant> {
        let (since, most): (Instant, Duration) = match self {
            Self::Header(since) => (since, limits.header_timeout),
            Self::Idle(since) => (since, limits.idle_timeout),
            Self::Busy => return None,
            Self::Sending(pace, sent) => return Some(pace.deadline(sent)),
        };
        Some(since + most)
    }
}

/// Waits until the connection has stayed too long in a phase.
///
/// hyper's own header timeout starts when the last answer was given, so it is the idle timeout as well; with
/// one number for both, either callers lose their idle connections early or a slow header is let live long.
pub(crate) async fn overstayed(mut phase: watch::Receiver<Phase>, limits: &Limits) {
    loop {
        let current = *phase.borrow_and_update();
        let end = async {
            match current.ends_at(limits) {
                Some(end) => sleep_until(end).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // Bytes that left meanwhile may have moved the deadline.
            () = end => match (current, *phase.borrow()) {
                (Phase::Sending(..), now @ Phase::Sending(pace, sent))
                    if now != current && pace.deadline(sent) > Instant::now() => {}
                _ => return,
            },
            changed = phase.changed() => if changed.is_err() { return },
        }
    }
}

/// A stream that tells when the first byte of a request arrives on an idle connection.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    phase: watch::Sender<Phase>,
}

impl<S> Watched<S> {
    pub(crate) const fn new(stream: S, phase: watch::Sender<Phase>) -> Self {
        Self { stream, phase }
    }

    /// As long as bytes leave, the connection is not idle; each earns the rest of its answer some time.
    fn wrote(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(written @ 1..)) = written {
            self.phase.send_if_modified(|phase| match phase {
                Phase::Idle(since) => {
                    *since = Instant::now();
                    true
                }
                // The deadline only moves away, so nobody has to be woken for it.
                Phase::Sending(_, sent) => {
                    *sent += *written as u64;
                    false
                }
                Phase::Header(_) | Phase::Busy => false,
            });
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() && buf.filled().len() > before {
            self.phase.send_if_modified(|phase| {
                let begins = matches!(phase, Phase::Idle(_));
                if begins {
                    *phase = Phase::Header(Instant::now());
                }
                begins
            });
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(&written);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
