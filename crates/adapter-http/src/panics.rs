//! A panic becomes an answer, not a closed connection.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The future panicked; the payload is dropped, because it may quote personal data.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `future` and stops a panic here.
///
/// Nothing of the future is used after a panic, so no broken state of it can be seen; what it shared with
/// others is behind locks that tell of the panic themselves.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = pin!(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(_payload) => Poll::Ready(Err(Panicked)),
    })
    .await
}
