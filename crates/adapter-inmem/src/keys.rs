use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use client_app::ports::{EventId, InstallationId, KeyGenerator};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::value::ClientKey;
use jiff::Timestamp;

/// Keys from a counter: every run gets the same keys, and no key occurs twice in a run.
///
/// ```
/// use adapter_inmem::CountingKeys;
/// use client_app::ports::KeyGenerator;
///
/// let keys = CountingKeys::seeded(7);
/// assert_eq!(keys.client_key().as_str(), "00000000000000070000000000000001");
/// assert_eq!(keys.event_id().as_str(), "00000000000000070000000000000002");
/// assert_ne!(keys.clone().client_key(), keys.client_key(), "clones share one counter");
/// ```
#[derive(Clone, Debug, Default)]
pub struct CountingKeys {
    seed: u64,
    made: Arc<AtomicU64>,
}

impl CountingKeys {
    /// Keys that begin with `seed`. Generators with different seeds never make the same key.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, made: Arc::default() }
    }

    fn bits(&self) -> u128 {
        let count = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        u128::from(self.seed) << 64 | u128::from(count)
    }
}

impl KeyGenerator for CountingKeys {
    fn client_key(&self) -> ClientKey {
        ClientKey::from_bits(self.bits())
    }

    fn event_id(&self) -> EventId {
        EventId::from_bits(self.bits())
    }

    fn document_id(&self) -> DocumentId {
        DocumentId::from_bits(self.bits())
    }

    fn address_id(&self) -> AddressId {
        AddressId::from_bits(self.bits())
    }

    fn content_key(&self, now: Timestamp) -> ContentKey {
        ContentKey::from_bits(now, self.bits())
    }

    fn installation_id(&self) -> InstallationId {
        InstallationId::from_bits(self.bits())
    }
}
