//! The queue of a receiver: rows of `client_outbox` for the default one, of `client_delivery` for another.

use client_app::ports::ReceiverName;

use crate::parameters::Parameters;

/// The queue of a receiver.
#[derive(Clone)]
pub(super) struct Queue(pub(super) ReceiverName);

impl Queue {
    /// The statement for this queue: that for the default receiver, or that for another one.
    pub(super) fn statement(&self, default: &'static str, other: &'static str) -> &'static str {
        if self.0.is_default() { default } else { other }
    }

    /// What the statement for another receiver has besides.
    pub(super) fn parameters(&self) -> Parameters<'_> {
        let parameters = Parameters::new();
        if self.0.is_default() { parameters } else { parameters.with(":receiver", self.0.as_str()) }
    }
}
