//! An answer on its way to a caller.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::phase::{CurrentPhase, Phase};

/// The body of an answer, which tells the connection when there is no more of it to send.
#[derive(Debug)]
pub(crate) struct Sending {
    body: Body,
    phase: CurrentPhase,
}

impl Sending {
    pub(crate) const fn new(body: Body, phase: CurrentPhase) -> Self {
        Self { body, phase }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.phase.set(Phase::Idle(Instant::now()));
    }
}

impl HttpBody for Sending {
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
