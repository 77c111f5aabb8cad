//! What a connection is doing, and how long it may.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

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

/// The phase of one connection, which its stream, its requests and its answers change.
#[derive(Clone, Debug)]
pub(crate) struct CurrentPhase(Arc<Mutex<Phase>>);

impl CurrentPhase {
    pub(crate) fn new(phase: Phase) -> Self {
        Self(Arc::new(Mutex::new(phase)))
    }

    pub(crate) fn get(&self) -> Phase {
        *self.lock()
    }

    pub(crate) fn set(&self, phase: Phase) {
        *self.lock() = phase;
    }

    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time limit of whichever phase a connection is in.
///
/// hyper's own header timeout starts when the last answer was given, so it is the idle timeout as well; with
/// one number for both, either callers lose their idle connections early or a slow header is let live long.
///
/// It is polled after the connection, by the same task. Each change of phase happens while the connection is polled, so
/// no change has to wake anything: a channel would wake the task four times a request.
pub(crate) struct PhaseTimeout<'a> {
    phase: CurrentPhase,
    limits: &'a Limits,
    timer: Pin<Box<Sleep>>,
}

impl<'a> PhaseTimeout<'a> {
    pub(crate) fn new(phase: CurrentPhase, limits: &'a Limits) -> Self {
        let end = phase.get().ends_at(limits).unwrap_or_else(Instant::now);
        Self { phase, limits, timer: Box::pin(sleep_until(end)) }
    }

    /// Ready when the connection has been in its phase for too long.
    pub(crate) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let Some(end) = self.phase.get().ends_at(self.limits) else { return Poll::Pending };
            // A timer that fires too early is set again then: most phases are over before any limit.
            if self.timer.deadline() > end {
                self.timer.as_mut().reset(end);
            }
            ready!(self.timer.as_mut().poll(context));
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(end);
        }
    }
}

/// A stream that tells when the first byte of a request arrives on an idle connection.
#[derive(Debug)]
pub(crate) struct Watched<S> {
    stream: S,
    phase: CurrentPhase,
}

impl<S> Watched<S> {
    pub(crate) const fn new(stream: S, phase: CurrentPhase) -> Self {
        Self { stream, phase }
    }

    /// As long as bytes leave, the connection is not idle; each earns the rest of its answer some time.
    fn wrote(&self, written: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(written @ 1..)) = written {
            match &mut *self.phase.lock() {
                Phase::Idle(since) => *since = Instant::now(),
                Phase::Sending(_, sent) => *sent += *written as u64,
                Phase::Header(_) | Phase::Busy => {}
            }
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
            let mut phase = self.phase.lock();
            if matches!(*phase, Phase::Idle(_)) {
                *phase = Phase::Header(Instant::now());
            }
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
