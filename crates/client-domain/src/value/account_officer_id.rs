use std::fmt;

use super::invalid::Invalid;

/// The number of the bank officer who looks after a client, 1 or more.
///
/// ```
/// use client_domain::value::AccountOfficerId;
///
/// assert_eq!(AccountOfficerId::new(7)?.get(), 7);
/// assert!(AccountOfficerId::new(0).is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountOfficerId(i64);

impl AccountOfficerId {
    /// Checks the limits: 1 to 2,147,483,647.
    pub fn new(number: i64) -> Result<Self, Invalid> {
        const MAX: i64 = i32::MAX as i64;
        if (1..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Invalid::OutOfRange { min: 1, max: MAX })
        }
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for AccountOfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "serde")]
crate::conversions::number_serde!(AccountOfficerId, deserialize_i64, |number| Self::new(number)
    .map_err(serde::de::Error::custom));
