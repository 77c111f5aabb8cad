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

/// How many bits of a key that begins with its time are random.
const RANDOM_BITS: u32 = 80;

/// Keys from the clock and the randomness of the operating system.
///
/// A key begins with the milliseconds since 1970, so the keys of one hour lie side by side in every index, and ends with 80 random
/// bits, so that none can be guessed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RandomKeys;

impl KeyGenerator for RandomKeys {
    fn client_key(&self) -> ClientKey {
        ClientKey::from_bits(ordered_bits(SystemClock.now()))
    }

    fn document_id(&self) -> DocumentId {
        DocumentId::from_bits(ordered_bits(SystemClock.now()))
    }

    fn address_id(&self) -> AddressId {
        AddressId::from_bits(ordered_bits(SystemClock.now()))
    }

    fn content_key(&self, now: Timestamp) -> ContentKey {
        ContentKey::from_bits(now, random_bits())
    }

    fn installation_id(&self) -> InstallationId {
        InstallationId::from_bits(random_bits())
    }

    fn event_id(&self) -> EventId {
        EventId::from_bits(ordered_bits(SystemClock.now()))
    }
}

/// The milliseconds of a moment and random bits.
fn ordered_bits(now: Timestamp) -> u128 {
    let milliseconds = u128::try_from(now.as_millisecond()).unwrap_or_default();
    (milliseconds << RANDOM_BITS) | (random_bits() >> (u128::BITS - RANDOM_BITS))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_key_is_greater_and_no_two_are_equal() {
        let at = |second: i64| ordered_bits(Timestamp::from_second(second).unwrap());
        let (one, other, later) = (at(1_800_000_000), at(1_800_000_000), at(1_800_000_001));
        assert!(one.max(other) < later);
        assert_ne!(one, other);
        let (one, later) = (ClientKey::from_bits(one), ClientKey::from_bits(later));
        assert!(one < later && one.as_str().len() == 32);
    }
}
