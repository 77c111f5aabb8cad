use client_domain::value::ClientKey;

use super::EventId;

/// Fresh keys, never the same twice.
pub trait KeyGenerator: Send + Sync {
    /// A key for a new client.
    fn client_key(&self) -> ClientKey;

    /// An id for a new event.
    fn event_id(&self) -> EventId;
}
