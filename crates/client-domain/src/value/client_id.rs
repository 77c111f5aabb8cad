use std::fmt;

use super::invalid::Invalid;

/// The running number of a client, 1 or more; a number is never reused.
///
/// The [`CustomerNumber`](super::CustomerNumber) is derived from it, so one number sequence serves both.
///
/// ```
/// use client_domain::value::ClientId;
///
/// let id = ClientId::new(1)?;
/// assert_eq!(id.customer_number().to_string(), "CUST1000001");
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(i64);

impl ClientId {
    /// How much greater the digits of a customer number are than its id.
    pub(super) const CUSTOMER_NUMBER_OFFSET: i64 = 1_000_000;
    /// The largest id whose customer number can still be parsed.
    pub const MAX: i64 = i64::MAX - Self::CUSTOMER_NUMBER_OFFSET;

    /// Checks that the number is within the limits.
    pub const fn new(number: i64) -> Result<Self, Invalid> {
        if number >= 1 && number <= Self::MAX {
            Ok(Self(number))
        } else {
            Err(Invalid::OutOfRange { min: 1, max: Self::MAX })
        }
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "serde")]
crate::conversions::number_serde!(ClientId, deserialize_i64, |number| Self::new(number)
    .map_err(serde::de::Error::custom));
