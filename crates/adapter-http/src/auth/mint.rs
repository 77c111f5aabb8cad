use std::time::Duration;

use client_app::Caller;
use client_domain::value::{BranchKey, EmailAddress};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::source::check_secret;
use super::{Expectations, KeySourceError};

/// What a token for development says.
#[derive(Clone, Debug)]
pub struct DevelopmentToken {
    /// Whom it stands for.
    pub caller: Caller,
    /// The issuer and audience to name.
    pub addressing: Expectations,
    /// When it is made.
    pub issued_at: Timestamp,
    /// How long it is good.
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
/// `setting` names the secret in the error, which says that the secret is too short or too plain.
pub fn mint(setting: &str, secret: &[u8], token: &DevelopmentToken) -> Result<String, KeySourceError> {
    super::verifier::install_signatures();
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
