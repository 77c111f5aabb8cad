//! The ports of the application for the cases in which this program calls it directly.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use client_app::ports::{Clock, EventId, InstallationId, KeyGenerator, to_microseconds};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::value::ClientKey;
use clients_campaigns::Seeded;
use jiff::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a benchmark of the real thing has the real time")]
    fn now(&self) -> Timestamp {
        to_microseconds(Timestamp::now())
    }
}

/// A clock that stands still until it is moved, so that its moment can be found in what was written.
#[derive(Debug)]
pub(crate) struct StandingClock(AtomicI64);

impl StandingClock {
    pub(crate) fn at(moment: Timestamp) -> Self {
        Self(AtomicI64::new(moment.as_microsecond()))
    }

    pub(crate) fn go_on_to(&self, moment: Timestamp) {
        self.0.store(moment.as_microsecond(), Ordering::Relaxed);
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

/// Keys as random as the service's, from a seed.
#[derive(Debug)]
pub(crate) struct Keys {
    seed: Seeded,
    next: AtomicU64,
}

impl Keys {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed: Seeded::new(seed), next: AtomicU64::new(0) }
    }

    fn bits(&self) -> u128 {
        let mut own = self.seed.part(self.next.fetch_add(1, Ordering::Relaxed));
        u128::from(own.number()) << 64 | u128::from(own.number())
    }
}

impl KeyGenerator for Keys {
    fn client_key(&self) -> ClientKey {
        ClientKey::from_bits(self.bits())
    }

    fn event_id(&self) -> EventId {
        EventId::from_bits(self.bits())
    }

    fn document_id(&self) -> DocumentId {
        DocumentId::from_bits(self.bits())
    }

    fn installation_id(&self) -> InstallationId {
        InstallationId::from_bits(self.bits())
    }

    fn address_id(&self) -> AddressId {
        AddressId::from_bits(self.bits())
    }

    fn content_key(&self, now: Timestamp) -> ContentKey {
        ContentKey::from_bits(now, self.bits())
    }
}
