//! How long a connection may stay in each of its states.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::limits::Limits;
use crate::server::connection_state::{ConnectionState, StateCell};

/// When the state of a connection times out; a request that is executed has its own deadline.
fn deadline(state: ConnectionState, limits: &Limits) -> Option<Instant> {
    match state {
        ConnectionState::ReadingHeader(since) => Some(since + limits.header_timeout),
        ConnectionState::Idle(since) => Some(since + limits.idle_timeout),
        ConnectionState::Processing | ConnectionState::SendingEvents => None,
        ConnectionState::SendingResponse(deadline, sent) => Some(deadline.after(sent)),
    }
}

/// The timeout of whichever state a connection is in.
///
/// hyper's own header timeout starts when the last response was sent, so it is the idle timeout as well. One number for
/// both either closes idle connections early or leaves much time to a slow header.
///
/// The task of the connection polls it after the connection, so a change of state needs no wakeup.
pub(super) struct ConnectionTimeout<'a> {
    state: StateCell,
    limits: &'a Limits,
    timer: Pin<Box<Sleep>>,
}

impl<'a> ConnectionTimeout<'a> {
    pub(super) fn new(state: StateCell, limits: &'a Limits) -> Self {
        let end = deadline(state.get(), limits).unwrap_or_else(Instant::now);
        Self { state, limits, timer: Box::pin(sleep_until(end)) }
    }

    /// Ready when the state of the connection has timed out.
    pub(super) fn poll_elapsed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let Some(end) = deadline(self.state.get(), self.limits) else { return Poll::Pending };
            // A timer that fires too early is only set again then: most states end before their deadline.
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
