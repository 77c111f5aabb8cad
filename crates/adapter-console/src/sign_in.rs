//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use client_app::Caller;
use client_app::ports::{Session, SessionId};

use crate::cookie::Cookie;
use crate::origin;
use crate::posted::{Posted, foreign};
use crate::settings::{Console, DevelopmentPerson, SignIn};
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::{SIGN_IN, failure_page, language, see_other, shell_of, unavailable};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    /// Whether an earlier sign-in has ended.
    ended: bool,
    people: Vec<Choice>,
}

struct Choice {
    name: &'static str,
    permissions: Vec<String>,
}

/// `GET /console/sign-in`.
pub(crate) async fn page(
    State(console): State<Arc<Console>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut shell = shell_of(&console, language(&headers));
    shell.title = shell.t("signin.title");
    let SignIn::Development(people) = &console.sign_in;
    let choice = |person: &DevelopmentPerson| Choice {
        name: person.name,
        permissions: person
            .caller
            .permissions
            .iter()
            .map(|one| shell.word("permission", one.name()))
            .collect(),
    };
    let people = people.iter().map(choice).collect();
    html(StatusCode::OK, &SignInPage { shell, ended: query.as_deref() == Some("ended"), people })
}

/// `POST /console/sign-in/{person}`: signs in as a person for development.
pub(crate) async fn development(
    State(console): State<Arc<Console>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let shell = shell_of(&console, language(&headers));
    if !origin::is_own(&headers) {
        return Err(failure_page(&shell, &foreign()));
    }
    let SignIn::Development(people) = &console.sign_in;
    let Some(person) = people.iter().find(|person| person.name == name) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    open(&console, &headers, person.caller.clone(), &shell).await
}

/// Opens a session under a new cookie. A cookie that the browser had before is not used again, and its session ends.
async fn open(console: &Console, headers: &HeaderMap, caller: Caller, shell: &Shell) -> Answer {
    let cookie = Cookie::new(console.secure);
    let failed = |error| failure_page(shell, &unavailable(&error));
    if let Some(before) = cookie.read(headers) {
        console.sessions.end_session(&SessionId::of_cookie(before)).await.map_err(failed)?;
    }
    let value = (console.random)();
    let now = console.clock.now();
    let session = Session {
        id: SessionId::of_cookie(&value),
        caller,
        opened_at: now,
        authenticated_at: now,
        last_seen: now,
        ends_at: now.saturating_add(console.lifetime.absolute).unwrap_or(now),
        provider: None,
        sealed: None,
    };
    console.sessions.open_session(&session).await.map_err(failed)?;
    let mut response = see_other("/console");
    response.headers_mut().extend(cookie.set(&value).map(|value| (SET_COOKIE, value)));
    Ok(response)
}

/// `POST /console/sign-out`.
pub(crate) async fn sign_out(posted: Posted) -> Answer {
    let visit = &posted.visit;
    let ended = visit.console.sessions.end_session(&visit.session.id).await;
    ended.map_err(|error| visit.failed(&unavailable(&error)))?;
    Ok(signed_out(&visit.console))
}

/// `POST /console/sign-out-everywhere`: ends every session of the person.
pub(crate) async fn sign_out_everywhere(posted: Posted) -> Answer {
    let visit = &posted.visit;
    let ended = visit.console.sessions.end_sessions_of(&visit.caller().actor.id).await;
    ended.map_err(|error| visit.failed(&unavailable(&error)))?;
    Ok(signed_out(&visit.console))
}

fn signed_out(console: &Console) -> Response {
    let mut response = see_other(SIGN_IN);
    let removed = Cookie::new(console.secure).remove();
    response.headers_mut().extend(removed.map(|value| (SET_COOKIE, value)));
    response
}
