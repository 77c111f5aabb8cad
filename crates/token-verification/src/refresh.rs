//! How often keys are reloaded.

use std::time::Duration;

/// How often keys are reloaded, and how old they may be.
///
/// ```
/// use std::time::Duration;
///
/// use token_verification::Refresh;
///
/// let refresh = Refresh { files_every: Duration::from_secs(1), ..Refresh::default() };
/// assert!(refresh.max_age > refresh.addresses_every);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Time between two reads of a file.
    pub files_every: Duration,
    /// Time between two fetches from an address.
    pub addresses_every: Duration,
    /// Minimum time between two fetches because of a token with an unknown key id, which every caller can send.
    pub unknown_key_every: Duration,
    /// Maximum age of keys: if their source could not be read for this long, tokens are refused. Otherwise a key that the
    /// issuer has withdrawn would be accepted for ever.
    pub max_age: Duration,
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            files_every: Duration::from_secs(5),
            addresses_every: Duration::from_mins(5),
            unknown_key_every: Duration::from_secs(30),
            max_age: Duration::from_hours(24),
        }
    }
}
