//! A panic becomes an error response, not a closed connection.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, TryFutureExt as _};

/// A future panicked. The payload is dropped, because it may quote personal data.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// Runs `future` and catches its panic.
///
/// Nothing of the future is used after a panic, so no broken state of it is seen. What it shared with others is behind
/// locks that report the panic themselves.
///
/// Not an `async fn`: that would hold the future twice, and it is moved for each request.
pub(crate) fn catch_panic<F: Future>(future: F) -> impl Future<Output = Result<F::Output, Panicked>> {
    AssertUnwindSafe(future).catch_unwind().map_err(|_payload| Panicked)
}
