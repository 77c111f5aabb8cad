use std::fmt;

use super::{CustomerNumber, Invalid};

/// The running number of a client, 1 or more; a number is never reused.
///
/// The [`CustomerNumber`] is derived from it, so one number sequence serves both.
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
    /// The greatest id whose customer number can still be parsed.
    pub const MAX: i64 = i64::MAX - CustomerNumber::OFFSET;

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

    /// The customer number of the client with this id.
    pub const fn customer_number(self) -> CustomerNumber {
        CustomerNumber::of(self)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
