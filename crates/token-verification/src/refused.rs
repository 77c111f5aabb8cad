//! Why a token is not accepted.

use std::fmt;

use client_wire::Code;

/// Why a token was not accepted. The caller gets the [code](Refused::code); the [reason](Refused::reason) is for the log.
///
/// ```
/// use token_verification::Refused;
///
/// let refused = Refused::Invalid("signature");
/// assert_eq!(refused.code().name(), "token_invalid");
/// assert_eq!(refused.reason(), "signature");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no Bearer token.
    Missing,
    /// The token is malformed, forged or for another service; the word is the reason for the log.
    Invalid(&'static str),
    /// The token has expired.
    Expired,
}

impl Refused {
    /// The code of the catalogue for the caller.
    pub const fn code(self) -> Code {
        match self {
            Self::Missing => Code::TokenMissing,
            Self::Invalid(_) => Code::TokenInvalid,
            Self::Expired => Code::TokenExpired,
        }
    }

    /// The reason for the log, from a closed list of words.
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
