use std::time::Duration;

use async_trait::async_trait;

use crate::ports::outbox::{DeliveryFailure, OutboxEvent};

/// Another system that receives events, behind any transport.
///
/// An event may be delivered more than once, always with the same id and the same data.
#[async_trait]
pub trait EventReceiver: Send + Sync {
    /// Delivers an event. Success means that the receiver has stored it. The adapter bounds the time of an
    /// attempt.
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection>;
}

/// A failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why it failed.
    pub why: DeliveryFailure,
    /// The delay that the receiver asks for.
    pub retry_after: Option<Duration>,
}

impl From<DeliveryFailure> for Rejection {
    fn from(why: DeliveryFailure) -> Self {
        Self { why, retry_after: None }
    }
}
