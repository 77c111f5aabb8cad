//! Who is asking: Bearer tokens, the keys that verify them, and keys that change while the service runs.
//!
//! A key is bound to one algorithm when it is loaded, and a token is verified by the algorithm of the key,
//! never by the one that it names itself. Header and claims are read as strict JSON by this module; from
//! `jsonwebtoken` come the signatures only, because its claim checks read the system clock, take numbers for
//! strings in places and know nothing of members that occur twice.

mod claims;
mod fetch;
mod jwks;
mod keys;
mod loaded;
mod mint;
mod pem;
mod source;
mod token;
mod verified;
mod verifier;

use std::fmt;
use std::sync::Arc;

use client_wire::Code;
use jiff::Timestamp;

pub use claims::Expectations;
pub use mint::{DevelopmentToken, mint};
pub use source::{KeySource, KeySourceError};
pub use verifier::{Refresh, TokenVerifier};

/// Tells the time; the composition root hands in the one of its clock adapter.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why a token was not accepted; the caller is told the [code](Refused::code) and nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no Bearer token.
    Missing,
    /// The token is not one this service accepts; the word is for the log.
    Invalid(&'static str),
    /// The token was good once.
    Expired,
}

impl Refused {
    /// The code of the catalogue.
    pub const fn code(self) -> Code {
        match self {
            Self::Missing => Code::TokenMissing,
            Self::Invalid(_) => Code::TokenInvalid,
            Self::Expired => Code::TokenExpired,
        }
    }

    /// The class of the reason, for the log.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid(reason) => reason,
            Self::Expired => "expired",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}
