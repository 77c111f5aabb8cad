//! The stream of a connection, which records what happens on it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::server::connection_state::{ConnectionState, StateCell};

/// A stream that updates the connection state: the first byte read ends the idle state, each byte written counts.
#[derive(Debug)]
pub(super) struct StateTrackingStream<S> {
    stream: S,
    state: StateCell,
}

impl<S> StateTrackingStream<S> {
    pub(super) const fn new(stream: S, state: StateCell) -> Self {
        Self { stream, state }
    }

    /// A written byte restarts the idle time, or extends the deadline of the response. If no byte was taken, the reader is waited
    /// for, and no longer the body.
    fn record_write(&self, written: &Poll<io::Result<usize>>) {
        if written.is_pending()
            && let ConnectionState::SendingResponse(deadline, _) = &mut *self.state.lock()
        {
            deadline.resume();
        }
        if let Poll::Ready(Ok(written @ 1..)) = written {
            match &mut *self.state.lock() {
                ConnectionState::Idle(since) => *since = Instant::now(),
                ConnectionState::SendingResponse(_, sent) => *sent += *written as u64,
                ConnectionState::ReadingHeader(_)
                | ConnectionState::Processing
                | ConnectionState::SendingEvents => {}
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StateTrackingStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() && buf.filled().len() > before {
            let mut state = self.state.lock();
            if matches!(*state, ConnectionState::Idle(_)) {
                *state = ConnectionState::ReadingHeader(Instant::now());
            }
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StateTrackingStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.record_write(&written);
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
        self.record_write(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
