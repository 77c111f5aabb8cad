//! The claims of a verified token.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::claims;
use crate::refused::Refused;

/// The claims of a token whose signature, times, issuer and audience were verified. They may be personal, so they are not
/// shown.
pub struct VerifiedClaims(Map<String, Value>);

impl VerifiedClaims {
    pub(crate) const fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    pub(crate) const fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A claim that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        claims::text(&self.0, name)
    }

    /// A claim that is a time (`NumericDate`); a fraction of a second is dropped.
    ///
    /// # Errors
    ///
    /// The claim is there and is no time from 1970 to the year 9999.
    pub fn time(&self, name: &'static str) -> Result<Option<Timestamp>, Refused> {
        let seconds = claims::date(&self.0, name, f64::floor)?;
        seconds.map(|seconds| Timestamp::from_second(seconds).map_err(|_| Refused::Invalid(name))).transpose()
    }
}

impl fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedClaims(..)")
    }
}
