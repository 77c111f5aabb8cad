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

/// The body of a response. It sets the connection to idle when hyper drops it, which is when all of it was taken.
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
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
