use std::fmt;

/// How often a client was written: 1 after its creation, one more after each change.
///
/// ```
/// use client_domain::value::Version;
///
/// assert_eq!(Version::FIRST.get(), 1);
/// assert_eq!(Version::FIRST.next(), Version::new(2).unwrap());
/// assert_eq!(Version::new(0), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The version of a client that was just created.
    pub const FIRST: Self = Self(1);

    /// A version from outside; zero and numbers that a signed 64-bit column cannot hold are no versions.
    pub const fn new(number: u64) -> Option<Self> {
        if number == 0 || number > i64::MAX as u64 { None } else { Some(Self(number)) }
    }

    /// The version after the next change.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "serde")]
crate::conversions::number_serde!(Version, deserialize_u64, |number| {
    Self::new(number).ok_or_else(|| serde::de::Error::custom("must be a version: a whole number from 1"))
});
