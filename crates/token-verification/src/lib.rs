//! Signed tokens, the keys that verify them, and keys that change while the program runs.
//!
//! A key is bound to one algorithm when it is loaded. A token is verified by the algorithm of the key, never by the one
//! that it names itself. This crate reads header and claims as strict JSON. Only the signatures come from
//! `jsonwebtoken`, because its claim checks read the system clock, take numbers for strings in places and ignore members
//! that occur twice.
//!
//! | file | what |
//! | --- | --- |
//! | `verifier` | [`TokenVerifier`]: from a token to its caller |
//! | `token`, `claims`, `verified_claims` | the parts of a token, its kind, and the claims in it |
//! | `permission_claims`, `claim_path` | which claims hold permissions, and where they are |
//! | `verified` | tokens that were verified before |
//! | `loaded`, `source`, `fetch`, `refresh` | a key source and its reloads, where its keys are, how an address is fetched, how often |
//! | `in_use` | the keys and expectations that tokens are verified with |
//! | `keys`, `jwks`, `pem` | one key, a JSON Web Key Set, a PEM file |
//! | `refused` | [`Refused`]: why a token is not accepted |
//! | `mint` | tokens for development |

mod claim_path;
mod claims;
mod fetch;
mod in_use;
mod jwks;
mod keys;
mod loaded;
mod mint;
mod pem;
mod permission_claims;
mod refresh;
mod refused;
mod source;
mod token;
mod verified;
mod verified_claims;
mod verifier;

pub use claims::Expectations;
pub use mint::{DevelopmentToken, mint};
pub use permission_claims::{PermissionClaims, PermissionClaimsError};
pub use refresh::Refresh;
pub use refused::Refused;
pub use source::{KeySource, KeySourceError};
pub use token::TokenKind;
pub use verified_claims::VerifiedClaims;
pub use verifier::{Clock, TokenVerifier};
