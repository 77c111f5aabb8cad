//! The clock and the randomness of the machine; no other file reads them.

use client_app::ports::{Clock, EventId, InstallationId, KeyGenerator, to_microseconds};
use client_domain::kyc::{AddressId, ContentKey, DocumentId};
use client_domain::value::ClientKey;
use jiff::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the clock port")]
    fn now(&self) -> Timestamp {
        to_microseconds(Timestamp::now())
    }
}

/// Keys from the randomness of the operating system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RandomKeys;

impl KeyGenerator for RandomKeys {
    fn client_key(&self) -> ClientKey {
        ClientKey::from_bits(random_bits())
    }

    fn document_id(&self) -> DocumentId {
        DocumentId::from_bits(random_bits())
    }

    fn address_id(&self) -> AddressId {
        AddressId::from_bits(random_bits())
    }

    fn content_key(&self, now: Timestamp) -> ContentKey {
        ContentKey::from_bits(now, random_bits())
    }

    fn installation_id(&self) -> InstallationId {
        InstallationId::from_bits(random_bits())
    }

    fn event_id(&self) -> EventId {
        EventId::from_bits(random_bits())
    }
}

/// 128 random bits.
///
/// Without randomness no key is unique, so a system that has none stops the program.
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "this is the adapter of the key port")]
fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system provides randomness");
    u128::from_le_bytes(bytes)
}

/// A key that is valid until the process ends.
pub(crate) fn random_key() -> [u8; 32] {
    let mut key = [0; 32];
    let bits = [random_bits().to_le_bytes(), random_bits().to_le_bytes()];
    key.iter_mut().zip(bits.as_flattened()).for_each(|(byte, random)| *byte = *random);
    key
}

/// A secret of 256 bits, in hexadecimal.
pub(crate) fn random_secret() -> String {
    format!("{:032x}{:032x}", random_bits(), random_bits())
}
