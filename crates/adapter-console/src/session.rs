//! Sessions of people: how one begins, whether its proof is recent, and how it ends.

use askama::Template;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use client_app::Caller;
use client_app::jiff::{SignedDuration, Timestamp};
use client_app::ports::{ProviderSession, Session, SessionId, StoreError};

use crate::cookie::Cookie;
use crate::settings::Console;
use crate::shell::{Shell, html};
use crate::visit::{SIGN_IN, see_other};

/// Leads a browser on from a page.
pub(crate) const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// What a sign-in has shown.
pub(crate) struct Proof {
    pub(crate) caller: Caller,
    /// When the person gave it.
    pub(crate) at: Timestamp,
    pub(crate) provider: Option<ProviderSession>,
}

/// Opens a session under a new cookie and leads to a page. A cookie that the browser had before is not used again, and its
/// session ends.
pub(crate) async fn open(
    console: &Console,
    headers: &HeaderMap,
    proof: Proof,
    target: &str,
) -> Result<Response, StoreError> {
    let cookie = Cookie::new(console.secure);
    if let Some(before) = cookie.read(headers) {
        console.sessions.end_session(&SessionId::of_cookie(before)).await?;
    }
    let value = (console.random)();
    let now = console.clock.now();
    let session = Session {
        id: SessionId::of_cookie(&value),
        caller: proof.caller,
        opened_at: now,
        authenticated_at: proof.at,
        last_seen: now,
        ends_at: now.saturating_add(console.lifetime.absolute).unwrap_or(now),
        provider: proof.provider,
        sealed: None,
    };
    console.sessions.open_session(&session).await?;
    let mut response = see_other(target);
    response.headers_mut().extend(cookie.set(&value).map(|value| (SET_COOKIE, value)));
    Ok(response)
}

/// How far the clock of the provider may be behind, as for the times in its tokens.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);

/// Whether the person has given a proof within this time.
pub(crate) fn is_recent(session: &Session, now: Timestamp, within: SignedDuration) -> bool {
    now.duration_since(session.authenticated_at) <= within + LEEWAY
}

#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOutPage {
    shell: Shell,
    /// Where the person signs out of the provider.
    address: String,
}

/// The answer to a person whose session has ended: the browser forgets it, and goes on to the provider if the sign-in was
/// there.
///
/// It is a page and no redirect, because browsers compare every address that a form leads to with the policy of the page
/// that it was on, and the provider may lead on to addresses that only it knows.
pub(crate) fn signed_out(console: &Console, ended: &Session, mut shell: Shell) -> Response {
    let provider = console.provider().filter(|_| ended.provider.is_some());
    let mut response = match provider.and_then(|sign_in| sign_in.provider.sign_out_address()) {
        None => see_other(SIGN_IN),
        Some(address) => {
            shell.title = shell.t("signout.title");
            let refresh = HeaderValue::from_str(&format!("0; url={address}"));
            let mut page = html(StatusCode::OK, &SignedOutPage { shell, address });
            page.headers_mut().extend(refresh.ok().map(|value| (REFRESH, value)));
            page
        }
    };
    let removed = Cookie::new(console.secure).remove();
    response.headers_mut().extend(removed.map(|value| (SET_COOKIE, value)));
    response
}
