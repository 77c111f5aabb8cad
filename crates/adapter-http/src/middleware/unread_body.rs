//! The part of a request's body that is unread when its response is ready.
//!
//! Many callers send a whole body before they read anything. A response before the end of the body, followed by a close,
//! reaches them as a broken pipe. So the rest is read and discarded first, up to a limit.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, timeout_at};

use crate::transfer_deadline::TransferDeadline;

/// After this many bytes the connection is closed: three times the largest body that is accepted.
const MAX_BYTES: u64 = 48 * 1024 * 1024;
/// How long the rest may take to arrive.
const MAX_TIME: Duration = Duration::from_secs(20);
/// A caller that sends less than this per second is not waited for.
const MIN_BYTES_PER_SECOND: u32 = 64 * 1024;

/// Responds to a request, after reading the rest of a body that its handler did not read.
pub(super) async fn respond_and_discard(request: Request, next: Next) -> Response {
    // A caller that waits for `100 Continue` has sent no body, and the first read would send it.
    if request.headers().contains_key(EXPECT) || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let body = SharedBody::default();
    let request = request.map(|whole| {
        *body.lock() = Some(whole);
        Body::new(body.clone())
    });
    let response = next.run(request).await;
    let rest = body.lock().take();
    // A body that was too slow to be read is too slow to be discarded.
    let late = response.status() == StatusCode::REQUEST_TIMEOUT;
    if let Some(rest) = rest.filter(|_| !late) {
        discard(rest).await;
    }
    response
}

async fn discard(mut rest: Body) {
    if rest.is_end_stream() || rest.size_hint().lower() > MAX_BYTES {
        return;
    }
    let deadline = TransferDeadline::new(MIN_BYTES_PER_SECOND, Instant::now() + MAX_TIME);
    let mut discarded = 0;
    while discarded <= MAX_BYTES
        && let Ok(Some(Ok(frame))) = timeout_at(deadline.after(discarded), rest.frame()).await
    {
        discarded += frame.data_ref().map_or(0, |piece| piece.len() as u64);
    }
}

/// A body that the middleware recovers from its handler when the handler has ended.
#[derive(Clone, Default)]
struct SharedBody(Arc<Mutex<Option<Body>>>);

impl SharedBody {
    fn lock(&self) -> MutexGuard<'_, Option<Body>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut *self.lock() {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(Some(Err(axum::Error::new(Abandoned)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.lock().as_ref().is_some_and(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

/// The request was answered before its body was read.
#[derive(Debug, thiserror::Error)]
#[error("the request was answered before its body was read")]
struct Abandoned;
