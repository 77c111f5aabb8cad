//! From the ID token to the person.

use client_app::ports::SignInRefusal::{self, NotRecent, Unproven};
use client_app::ports::{ProviderSession, SignInDemand, SignedIn};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use token_verification::{Refused, TokenKind, TokenVerifier, VerifiedClaims};

use crate::registration::Registration;

/// How far apart the clocks of the provider and of this program may be.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);

/// The person whom this token names, for the attempt with this nonce.
///
/// Signature, times, issuer and audience are the verifier's to check.
pub(crate) async fn person(
    verifier: &TokenVerifier,
    registration: &Registration,
    token: &str,
    nonce: &str,
    demand: SignInDemand,
    now: Timestamp,
) -> Result<SignedIn, SignInRefusal> {
    let claims = verifier.verify_claims(token, TokenKind::Identity).await.map_err(unproven)?;
    if claims.text("nonce") != Some(nonce) {
        return Err(Unproven("nonce"));
    }
    check_party(&claims, &registration.client_id)?;
    claims.time("iat").map_err(unproven)?.ok_or(Unproven("iat"))?;
    let authenticated_at = claims.time("auth_time").map_err(unproven)?;
    check_recent(authenticated_at, demand, now)?;
    let caller = verifier.caller_of(&claims).map_err(unproven)?;
    let session = session(&claims, &registration.issuer)?;
    Ok(SignedIn { caller, authenticated_at, session })
}

fn unproven(refused: Refused) -> SignInRefusal {
    Unproven(refused.reason())
}

/// Whether the token was made for this program. One that others may use too says for whom it was made.
fn check_party(claims: &VerifiedClaims, client_id: &str) -> Result<(), SignInRefusal> {
    let is_shared = matches!(claims.get("aud"), Some(Value::Array(many)) if many.len() > 1);
    match claims.get("azp") {
        None if is_shared => Err(Unproven("azp_missing")),
        None => Ok(()),
        Some(Value::String(party)) if party == client_id => Ok(()),
        Some(_) => Err(Unproven("azp")),
    }
}

/// Whether the person gave a proof recently enough. The provider has to say when, if it was asked.
fn check_recent(at: Option<Timestamp>, demand: SignInDemand, now: Timestamp) -> Result<(), SignInRefusal> {
    if at.is_some_and(|at| at.duration_since(now) > LEEWAY) {
        return Err(Unproven("auth_time"));
    }
    let Some(max_age) = demand.max_age else { return Ok(()) };
    let at = at.ok_or(NotRecent("auth_time_missing"))?;
    if now.duration_since(at) > max_age.saturating_add(LEEWAY) { Err(NotRecent("auth_time")) } else { Ok(()) }
}

fn session(claims: &VerifiedClaims, issuer: &str) -> Result<ProviderSession, SignInRefusal> {
    let id = match claims.get("sid") {
        None => None,
        Some(Value::String(id)) => Some(id.as_str()),
        Some(_) => return Err(Unproven("sid")),
    };
    let subject = claims.text("sub").unwrap_or_default();
    ProviderSession::new(issuer, subject, id).map_err(|_| Unproven("sid"))
}
