//! What one connection is doing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::transfer_deadline::TransferDeadline;

/// What a connection is doing, with what its timeout is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    /// The connection waits for a header since this time: for the first one, or for the rest of one that has begun.
    ReadingHeader(Instant),
    /// The last response was sent and the next request has not begun, since the last byte of that response.
    Idle(Instant),
    /// A request is being read or executed.
    Processing,
    /// A response is being sent; the number is how many of its bytes were written.
    SendingResponse(TransferDeadline, u64),
    /// Events are being sent, whenever there is one.
    SendingEvents,
}

/// The state of one connection, shared by its stream, its requests and its responses.
///
/// It wakes nothing. Each change happens while the connection is polled, and the task of the connection polls the
/// timeout after it; a channel would wake that task four times a request.
#[derive(Clone, Debug)]
pub(crate) struct StateCell(Arc<Mutex<ConnectionState>>);

impl StateCell {
    pub(crate) fn new(state: ConnectionState) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn get(&self) -> ConnectionState {
        *self.lock()
    }

    pub(crate) fn set(&self, state: ConnectionState) {
        *self.lock() = state;
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ConnectionState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
