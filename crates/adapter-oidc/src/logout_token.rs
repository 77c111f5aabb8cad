//! What a logout token ends (`OpenID` Connect Back-Channel Logout, section 2.6).

use client_app::ports::{LogoutRefusal, ProviderLogout, VerifiedLogout};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use token_verification::{TokenKind, TokenVerifier, VerifiedClaims};

use crate::seen_tokens::SeenTokens;

/// The event that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How long after it was issued a token is accepted. The provider sends it at once.
const MAX_AGE: SignedDuration = SignedDuration::from_mins(5);
/// The longest text of a provider, as of its session.
const MAX_LENGTH: usize = 255;

/// What this token ends.
///
/// Signature, times, issuer and audience are the verifier's to check.
pub(crate) async fn ended(
    verifier: &TokenVerifier,
    seen: &SeenTokens,
    issuer: &str,
    token: &str,
    now: Timestamp,
) -> Result<VerifiedLogout, LogoutRefusal> {
    let claims = verifier
        .verify_claims(token, TokenKind::Logout)
        .await
        .map_err(|refused| LogoutRefusal(refused.reason()))?;
    let ends = read(&claims, issuer, now)?;
    let id = text(&claims, "jti")?.ok_or(LogoutRefusal("jti"))?;
    if seen.contains(id, now) {
        return Err(LogoutRefusal("replayed"));
    }
    Ok(VerifiedLogout { ends, id: id.to_owned() })
}

/// Remembers a token whose sessions have ended.
pub(crate) fn remember(seen: &SeenTokens, logout: &VerifiedLogout, now: Timestamp) {
    // Later it is too old in any case.
    let until = now.saturating_add(MAX_AGE + MAX_AGE).unwrap_or(now);
    seen.add(&logout.id, now, until);
}

fn read(claims: &VerifiedClaims, issuer: &str, now: Timestamp) -> Result<ProviderLogout, LogoutRefusal> {
    // An ID token has one, and must not be taken for a logout token.
    if claims.get("nonce").is_some() {
        return Err(LogoutRefusal("nonce"));
    }
    let event = claims.get("events").and_then(Value::as_object).and_then(|events| events.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return Err(LogoutRefusal("events"));
    }
    let made_at = claims.time("iat").map_err(|refused| LogoutRefusal(refused.reason()))?;
    if now.duration_since(made_at.ok_or(LogoutRefusal("iat"))?) > MAX_AGE {
        return Err(LogoutRefusal("too_old"));
    }
    let issuer = issuer.to_owned();
    match (text(claims, "sid")?, text(claims, "sub")?) {
        (Some(session), subject) => {
            let (session, subject) = (session.to_owned(), subject.map(str::to_owned));
            Ok(ProviderLogout::Session { issuer, session, subject })
        }
        (None, Some(subject)) => Ok(ProviderLogout::Subject { issuer, subject: subject.to_owned() }),
        (None, None) => Err(LogoutRefusal("sid_and_sub_missing")),
    }
}

/// A claim that is a text of 1 to 255 characters, if it is there.
fn text<'a>(claims: &'a VerifiedClaims, name: &'static str) -> Result<Option<&'a str>, LogoutRefusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if (1..=MAX_LENGTH).contains(&text.chars().count()) => Ok(Some(text)),
        Some(_) => Err(LogoutRefusal(name)),
    }
}
