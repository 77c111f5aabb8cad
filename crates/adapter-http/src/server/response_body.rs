//! The body of a response while it is sent.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::server::connection_state::{ConnectionState, StateCell};

/// How long a response may be sent that is longer than any file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SendingTime(pub(crate) Duration);

/// The body of a response. While the next bytes of it are not there yet, the minimum rate does not hold: it is not the reader
/// who is slow. It sets the connection to idle when hyper drops it, which is when all of it was taken.
#[derive(Debug)]
pub(super) struct ResponseBody {
    body: Body,
    state: StateCell,
}

impl ResponseBody {
    pub(super) const fn new(body: Body, state: StateCell) -> Self {
        Self { body, state }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.state.set(ConnectionState::Idle(Instant::now()));
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let ConnectionState::SendingResponse(deadline, _) = &mut *self.state.lock() {
            match polled {
                Poll::Pending => deadline.pause(),
                Poll::Ready(_) => deadline.resume(),
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt as _, stream};
    use http_body_util::BodyExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;
    use crate::server::tracked_stream::StateTrackingStream;
    use crate::transfer_deadline::TransferDeadline;

    /// A workbook is compressed for minutes before its first byte is there.
    #[tokio::test]
    async fn reader_that_waits_for_the_body_is_not_slow() {
        let end = Instant::now() + Duration::from_mins(30);
        let sending = TransferDeadline::new(8 * 1024, end);
        let state = StateCell::new(ConnectionState::SendingResponse(sending, 0));
        let next_byte = || match state.get() {
            ConnectionState::SendingResponse(deadline, sent) => deadline.after(sent),
            other => panic!("{other:?}"),
        };
        let (ready, bytes) = oneshot::channel();
        let bytes = async { Ok::<_, Infallible>(bytes.await.unwrap_or_else(|_| Bytes::new())) };
        let mut body = ResponseBody::new(Body::from_stream(stream::once(bytes)), state.clone());
        assert!(next_byte() < end);
        assert!(body.frame().now_or_never().is_none());
        assert_eq!(next_byte(), end, "nothing is there yet");
        let _ = ready.send(Bytes::from_static(b"PK"));
        assert!(body.frame().await.is_some());
        assert!(next_byte() < end, "what is there must be taken");

        let waiting = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let mut waiting = ResponseBody::new(waiting, state.clone());
        let (socket, mut reader) = tokio::io::duplex(2);
        let mut socket = StateTrackingStream::new(socket, state.clone());
        assert!(waiting.frame().now_or_never().is_none());
        socket.write_all(b"PK").await.unwrap();
        assert_eq!(next_byte(), end, "all that was there was taken");
        assert!(socket.write_all(b"PK").now_or_never().is_none());
        assert!(next_byte() < end, "the reader takes nothing");
        reader.read_exact(&mut [0; 2]).await.unwrap();
        assert!(waiting.frame().now_or_never().is_none());
        assert_eq!(next_byte(), end);
    }
}
