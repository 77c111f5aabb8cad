//! Tokens for development.

use std::time::Duration;

use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use crate::claims::Expectations;
use crate::source::{KeySourceError, check_secret};
use crate::verifier::install_signatures;

/// What a token for development contains.
#[derive(Clone, Debug)]
pub struct DevelopmentToken {
    /// The caller of its requests.
    pub caller: Caller,
    /// The issuer and audience to name.
    pub addressing: Expectations,
    /// The time it is issued.
    pub issued_at: Timestamp,
    /// How long it is valid; fractions of a second are dropped.
    pub expires_in: Duration,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(rename = "email_verified", skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    permissions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
    iat: i64,
    exp: i64,
}

/// Makes an HS256 token that a verifier with the same secret accepts, for development only.
///
/// `setting` names the secret in the error.
///
/// ```
/// use std::time::Duration;
///
/// use token_verification::{DevelopmentToken, Expectations, mint};
/// use client_app::Caller;
/// use client_domain::{Actor, Permissions};
/// use jiff::Timestamp;
///
/// let token = DevelopmentToken {
///     caller: Caller::new(Actor::parse("maker-1").unwrap(), Permissions::all()),
///     addressing: Expectations::default(),
///     issued_at: Timestamp::UNIX_EPOCH,
///     expires_in: Duration::from_secs(60),
/// };
/// let signed = mint("SECRET", b"32 bytes or more, 8 of them distinct", &token).unwrap();
/// assert_eq!(signed.split('.').count(), 3);
/// let error = mint("SECRET", b"short", &token).unwrap_err();
/// assert_eq!(error.to_string(), "SECRET: the secret must have at least 32 bytes");
/// ```
///
/// # Errors
///
/// The secret has fewer than 32 bytes, or fewer than 8 distinct ones.
pub fn mint(setting: &str, secret: &[u8], token: &DevelopmentToken) -> Result<String, KeySourceError> {
    install_signatures();
    check_secret(secret).map_err(|problem| KeySourceError::new(setting, problem))?;
    let caller = &token.caller;
    let issued = token.issued_at.as_second();
    let lifetime = i64::try_from(token.expires_in.as_secs()).unwrap_or(i64::MAX);
    let claims = Claims {
        sub: caller.actor.id.as_str(),
        email: caller.actor.email.as_ref().map(EmailAddress::as_str),
        email_verified: caller.actor.email.as_ref().map(|_| true),
        permissions: caller.permissions.iter().map(client_domain::Permission::name).collect(),
        branch_id: caller.branch.as_ref().map(BranchKey::as_str),
        iss: token.addressing.issuer.as_deref(),
        aud: token.addressing.audience.as_deref(),
        iat: issued,
        exp: issued.saturating_add(lifetime).min(Timestamp::MAX.as_second()),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret))
        .map_err(|_| KeySourceError::new(setting, "could not be used to sign"))
}
