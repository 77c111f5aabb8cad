use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::value::ClientKey;
use jiff::Timestamp;

use crate::ports::ledger::InstallationId;
use crate::ports::outbox::EventId;

/// A generator of unique keys.
pub trait KeyGenerator: Send + Sync {
    /// A key for a new client.
    fn client_key(&self) -> ClientKey;

    /// An id for a new event.
    fn event_id(&self) -> EventId;

    /// An id for a new identity document.
    fn document_id(&self) -> DocumentId;

    /// An id for new address information.
    fn address_id(&self) -> AddressId;

    /// A key for a new content, with its creation time.
    fn content_key(&self, now: Timestamp) -> ContentKey;

    /// An id for a new installation.
    fn installation_id(&self) -> InstallationId;
}
