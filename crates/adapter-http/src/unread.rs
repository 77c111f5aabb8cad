//! What is left of a request's body when its answer is ready.
//!
//! Many callers send a whole body before they read anything. An answer that comes before the end of the body, with the
//! connection closed behind it, reaches them as a broken pipe. So the rest is read and thrown away first, up to a bound.

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

use crate::pace::Pace;

/// A body longer than this is cut: three times the largest that is ever taken.
const MAX_BYTES: u64 = 48 * 1024 * 1024;
/// How long the rest may take.
const MAX_TIME: Duration = Duration::from_secs(20);
/// A caller that sends less than this each second waits for something.
const MIN_BYTES_PER_SECOND: u32 = 64 * 1024;

/// Answers a request, and reads the rest of its body before an answer that did not need it.
pub(crate) async fn answer_and_drain(request: Request, next: Next) -> Response {
    // A caller that waits to be asked for its body has sent none, and would be asked by the first read.
    if request.headers().contains_key(EXPECT) || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let body = Shared::default();
    let request = request.map(|whole| {
        *body.lock() = Some(whole);
        Body::new(body.clone())
    });
    let response = next.run(request).await;
    let rest = body.lock().take();
    // A body that was too slow to be read is too slow to be thrown away.
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
    let pace = Pace::new(MIN_BYTES_PER_SECOND, Instant::now() + MAX_TIME);
    let mut discarded = 0;
    while discarded <= MAX_BYTES
        && let Ok(Some(Ok(frame))) = timeout_at(pace.deadline(discarded), rest.frame()).await
    {
        discarded += frame.data_ref().map_or(0, |piece| piece.len() as u64);
    }
}

/// A body that can be taken back from the handler it was given to.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Option<Body>>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Option<Body>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for Shared {
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
