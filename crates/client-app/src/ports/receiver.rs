use std::time::Duration;

use async_trait::async_trait;

use super::{DeliveryFailure, OutboxEvent};

/// Somebody who is told of events: another system, behind whatever leads there.
///
/// An event may come more than once, always with the same id and the same content.
#[async_trait]
pub trait EventReceiver: Send + Sync {
    /// Tells of an event. Done means that the receiver has it for good; it ends in a time that the adapter bounds.
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection>;
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub why: DeliveryFailure,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

impl From<DeliveryFailure> for Rejection {
    fn from(why: DeliveryFailure) -> Self {
        Self { why, retry_after: None }
    }
}
