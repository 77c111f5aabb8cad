//! The caller of a request.

use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderMap};
use client_app::{Caller, CallerSlot};
use client_wire::{Code, Failure, Item};
use token_verification::Refused;

use crate::request::rejection::Rejection;
use crate::state::AppState;

/// The caller of a request, if its token is accepted and holds a permission, and the caller is within its rate limit. The
/// log knows the caller from then on, also of a request that is refused.
pub(crate) async fn authenticate(
    state: &AppState,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Caller, Rejection> {
    let caller = state.verifier.verify(bearer_token(headers)?).await?;
    if let Some(slot) = extensions.get::<CallerSlot>() {
        slot.set(&caller.actor.id);
    }
    check_permissions(&caller)?;
    if let Some(limit) = &state.rate_limit {
        limit.take(&caller.actor.id)?;
    }
    Ok(caller)
}

/// The caller of a request that lasts, if its token is still accepted.
pub(crate) async fn verify(state: &AppState, headers: &HeaderMap) -> Result<Caller, Rejection> {
    let caller = state.verifier.verify(bearer_token(headers)?).await?;
    check_permissions(&caller)?;
    Ok(caller)
}

fn check_permissions(caller: &Caller) -> Result<(), Failure> {
    if caller.permissions.iter().next().is_none() {
        let message = "The token has no permission for this service.";
        return Err(Failure::of(Item::new(Code::PermissionMissing, message)));
    }
    Ok(())
}

/// The one Bearer token in the one `Authorization` header; a token anywhere else is ignored.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().ok_or(Refused::Missing)?;
    if values.next().is_some() {
        return Err(Refused::Invalid("two_headers"));
    }
    let text = header.to_str().map_err(|_| Refused::Invalid("characters"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("Bearer") || token.is_empty() {
        return Err(Refused::Missing);
    }
    Ok(token)
}
