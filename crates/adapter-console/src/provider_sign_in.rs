//! Signing in at the identity provider, giving it another proof, and what the provider itself ends.

use std::sync::Arc;

use axum::extract::{Extension, RawQuery, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use client_app::CallerAddress;
use client_app::jiff::Timestamp;
use client_app::ports::{LogoutRefusal, SignInAnswer, SignInDemand, SignedIn};
use client_wire::{Code, Failure, Item};

use crate::cookie::Cookie;
use crate::posted::read_form;
use crate::refused_sign_in::RefusedSignIn;
use crate::session::{Proof, open};
use crate::settings::{Console, ProviderSignIn};
use crate::sign_in_attempt::{Attempt, SECONDS};
use crate::sign_in_places::SignInPlaces;
use crate::stop::Stop;
use crate::visit::{Visit, failure_page, language, see_other, shell_of, unavailable};

/// The first page after a sign-in.
pub(crate) const START: &str = "/console";

/// `GET /console/sign-in/provider`, perhaps `?page=…`: leads the browser to the provider.
pub(crate) async fn begin(
    State(console): State<Arc<Console>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(sign_in) = console.provider() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let page = page_of(query.as_deref());
    let attempt = Attempt::new(&(console.random)(), &page, None, console.clock.now());
    lead(&console, sign_in, &attempt, &headers)
}

/// `GET /console/sign-in/again?page=…`: the person gives another proof and comes back to the page.
pub(crate) async fn again(visit: Visit, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let console = &visit.console;
    let Some(sign_in) = console.provider() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let page = page_of(query.as_deref());
    let person = visit.caller().actor.id.as_str();
    let attempt = Attempt::new(&(console.random)(), &page, Some(person), console.clock.now());
    lead(console, sign_in, &attempt, &headers)
}

/// What the provider must show. It follows from the settings, and from the attempt only whether it is another proof.
fn demand(console: &Console, sign_in: &ProviderSignIn, attempt: &Attempt) -> SignInDemand {
    if attempt.is_of_one_person() {
        return SignInDemand { max_age: sign_in.fresh, anew: true };
    }
    // A provider has to say when the person gave a proof only if it is asked.
    SignInDemand { max_age: sign_in.fresh.map(|_| console.lifetime.absolute), anew: false }
}

/// Leads the browser to the provider, with the attempt in a cookie.
fn lead(console: &Console, sign_in: &ProviderSignIn, attempt: &Attempt, headers: &HeaderMap) -> Response {
    let demand = demand(console, sign_in, attempt);
    let address = match sign_in.provider.sign_in_address(&attempt.secrets(), demand) {
        Ok(address) => address,
        Err(refusal) => return refuse(console, headers, RefusedSignIn::Redeeming(refusal)),
    };
    let mut response = see_other(&address);
    let cookie = Cookie::sign_in(console.secure, SECONDS).set(attempt.value());
    response.headers_mut().extend(cookie.map(|value| (SET_COOKIE, value)));
    response
}

/// The page that states the reason for the refusal. Any unauthenticated caller can cause it, so it is not logged as a warning.
fn refuse(console: &Console, headers: &HeaderMap, refused: RefusedSignIn) -> Response {
    tracing::info!(reason = refused.reason(), "sign-in refused");
    refused.page(&shell_of(console, language(headers)))
}

/// `GET /console/sign-in/callback`: the browser comes back from the provider.
pub(crate) async fn callback(
    State(console): State<Arc<Console>>,
    Extension(places): Extension<SignInPlaces>,
    address: Option<Extension<CallerAddress>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(sign_in) = console.provider() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let query = query.unwrap_or_default();
    let refuse = |refused| refuse(&console, &headers, refused);
    // Every site can lead the browser here. An answer to no attempt of this browser leaves the attempt that it has as it is.
    let attempt = match attempt_of(&query, Cookie::sign_in(console.secure, SECONDS).read(&headers)) {
        Ok(attempt) => attempt,
        Err(refused) => return refuse(refused),
    };
    let ended = match code_of(&query, &attempt, console.clock.now()) {
        Err(refused) => Err(End::Refused(refused)),
        Ok(answer) => match places.take(address.map(|Extension(address)| address)).await {
            Ok(_place) => finish(&console, sign_in, &answer, &headers, &attempt).await,
            // The attempt stays, so the same answer can be sent again.
            Err(_) => return refuse(RefusedSignIn::Busy),
        },
    };
    let mut response = match ended {
        Ok(response) => response,
        Err(End::Refused(refused)) => refuse(refused),
        Err(End::Failed(stop)) => stop.into_response(),
    };
    // The attempt is over, however it ended.
    if let Some(removed) = Cookie::sign_in(console.secure, SECONDS).remove() {
        response.headers_mut().append(SET_COOKIE, removed);
    }
    response
}

/// Why a callback opens no session.
enum End {
    Refused(RefusedSignIn),
    Failed(Stop),
}

impl From<RefusedSignIn> for End {
    fn from(refused: RefusedSignIn) -> Self {
        Self::Refused(refused)
    }
}

/// The attempt that an answer with this query is to, if it is one of the browser with this cookie.
fn attempt_of(query: &str, cookie: Option<&str>) -> Result<Attempt, RefusedSignIn> {
    let state = one(query, "state").map_err(|()| RefusedSignIn::Unknown("parameter_twice"))?;
    let state = state.ok_or(RefusedSignIn::Unknown("state_missing"))?;
    let attempt =
        cookie.and_then(Attempt::read).ok_or(RefusedSignIn::Unknown("no_attempt_of_this_browser"))?;
    if attempt.secrets().state != state {
        return Err(RefusedSignIn::Unknown("state_of_another_browser"));
    }
    Ok(attempt)
}

/// What there is to redeem in the answer to this attempt.
fn code_of(query: &str, attempt: &Attempt, now: Timestamp) -> Result<SignInAnswer, RefusedSignIn> {
    let parameter = |name: &str| one(query, name).map_err(|()| RefusedSignIn::Unknown("parameter_twice"));
    if attempt.is_over(now) {
        return Err(RefusedSignIn::Unknown("attempt_is_over"));
    }
    if parameter("error")?.is_some() {
        return Err(RefusedSignIn::ByProvider);
    }
    let code = parameter("code")?.filter(|code| !code.is_empty());
    let code = code.ok_or(RefusedSignIn::Unknown("code_missing"))?;
    Ok(SignInAnswer { code, issuer: parameter("iss")? })
}

async fn finish(
    console: &Console,
    sign_in: &ProviderSignIn,
    answer: &SignInAnswer,
    headers: &HeaderMap,
    attempt: &Attempt,
) -> Result<Response, End> {
    let demand = demand(console, sign_in, attempt);
    let signed_in = sign_in.provider.redeem(answer, &attempt.secrets(), demand).await;
    let SignedIn { caller, authenticated_at, session } = signed_in.map_err(RefusedSignIn::Redeeming)?;
    if !attempt.admits(caller.actor.id.as_str()) {
        return Err(RefusedSignIn::AnotherPerson.into());
    }
    let at = authenticated_at.unwrap_or_else(|| console.clock.now());
    let proof = Proof { caller, at, provider: Some(session) };
    let opened = open(console, headers, proof, attempt.page().unwrap_or(START)).await;
    opened.map_err(|error| {
        End::Failed(failure_page(&shell_of(console, language(headers)), &unavailable(&error)))
    })
}

/// The page that a sign-in leads to; empty if it is not said. Whether it is one of the console is for its user to ask.
pub(crate) fn page_of(query: Option<&str>) -> String {
    one(query.unwrap_or_default(), "page").ok().flatten().unwrap_or_default()
}

/// The value of a parameter that may occur once.
fn one(query: &str, name: &str) -> Result<Option<String>, ()> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some((_, value)), None) => Ok(Some(value.into_owned())),
        (Some(_), Some(_)) => Err(()),
    }
}

/// `POST /console/back-channel-logout`: the provider, and no browser, ends sessions.
pub(crate) async fn back_channel_logout(State(console): State<Arc<Console>>, request: Request) -> Response {
    let Some(sign_in) = console.provider() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(form) = read_form(request).await else {
        return refused_logout("form");
    };
    let mut tokens = form.all("logout_token");
    let (Some(token), None) = (tokens.next(), tokens.next()) else {
        return refused_logout("form");
    };
    let logout = match sign_in.provider.verify_logout(token).await {
        Ok(logout) => logout,
        // The provider may send the same token again when it was reached.
        Err(LogoutRefusal("not_reached")) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(refusal) => return refused_logout(refusal.0),
    };
    match console.sessions.end_provider_sessions(&logout.ends).await {
        Ok(ended) => {
            sign_in.provider.logout_done(&logout);
            tracing::info!(ended, "the identity provider has ended sessions");
            StatusCode::OK.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "sessions that the identity provider has ended were not ended");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn refused_logout(reason: &'static str) -> Response {
    // Anybody can cause it, so it is no warning.
    tracing::info!(reason, "logout token refused");
    let failure = Failure::of(Item::new(Code::TokenInvalid, Code::TokenInvalid.meaning()));
    let mut response = StatusCode::BAD_REQUEST.into_response();
    response.extensions_mut().insert(failure);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_occurs_once() {
        assert_eq!(one("code=a%20b&state=s", "code"), Ok(Some("a b".to_owned())));
        assert_eq!(one("code=a&state=s", "iss"), Ok(None));
        assert_eq!(one("state=a&state=a", "state"), Err(()));
    }
}
