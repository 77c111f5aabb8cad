//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use client_wire::{Code, Failure, Item};

use crate::origin;
use crate::path_values::PathValues;
use crate::posted::{Posted, foreign, read_form};
use crate::provider_sign_in::{START, page_of};
use crate::session::{Proof, open, signed_out};
use crate::settings::{Console, DevelopmentPerson, SignIn};
use crate::shell::{Shell, html};
use crate::sign_in_attempt::own_page;
use crate::stop::Answer;
use crate::url;
use crate::visit::{failure_page, language, shell_of, unavailable};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    /// Whether an earlier sign-in has ended.
    ended: bool,
    /// The page of the console that the sign-in leads to; empty for the first one.
    page: String,
    /// Where people sign in at an identity provider, if they do.
    provider: Option<String>,
    /// Whether the provider did not answer when it was last asked.
    away: bool,
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
    let page = page_of(query.as_deref());
    let page = own_page(&page).unwrap_or_default().to_owned();
    let (people, provider) = match &console.sign_in {
        SignIn::Development(people) => (people.as_slice(), None),
        SignIn::Provider(_) => (&[][..], Some(provider_address(&page))),
    };
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
    let ended = query.is_some_and(|query| query.split('&').any(|word| word == "ended"));
    let away = console.provider().is_some_and(|sign_in| !sign_in.provider.is_reached());
    html(StatusCode::OK, &SignInPage { shell, ended, page, provider, away, people })
}

/// Where the sign-in at the provider begins that leads to this page.
fn provider_address(page: &str) -> String {
    let parameter = if page.is_empty() { String::new() } else { format!("?{}", url::page_parameter(page)) };
    format!("/console/sign-in/provider{parameter}")
}

/// `POST /console/sign-in/{person}`: signs in as a person for development.
pub(crate) async fn development(
    State(console): State<Arc<Console>>,
    PathValues(name): PathValues<String>,
    request: Request,
) -> Answer {
    let headers = request.headers().clone();
    let shell = shell_of(&console, language(&headers));
    if !origin::is_own(&headers) {
        return Err(failure_page(&shell, &foreign()));
    }
    let people = match &console.sign_in {
        SignIn::Development(people) => people.as_slice(),
        SignIn::Provider(_) => &[],
    };
    let Some(person) = people.iter().find(|person| person.name == name) else {
        let unknown = Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning()));
        return Err(failure_page(&shell, &unknown));
    };
    let proof = Proof { caller: person.caller.clone(), at: console.clock.now(), provider: None };
    let fields = read_form(request).await.map_err(|failure| failure_page(&shell, &failure))?;
    let page = fields.text("page").and_then(own_page).unwrap_or(START);
    let opened = open(&console, &headers, proof, page).await;
    opened.map_err(|error| failure_page(&shell, &unavailable(&error)))
}

/// `POST /console/sign-out`.
pub(crate) async fn sign_out(posted: Posted) -> Answer {
    let visit = &posted.visit;
    let ended = visit.console.sessions.end_session(&visit.session.id).await;
    ended.map_err(|error| visit.failed(&unavailable(&error)))?;
    Ok(signed_out(&visit.console, &visit.session, shell_of(&visit.console, visit.language)))
}

/// `POST /console/sign-out-everywhere`: ends every session of the person.
pub(crate) async fn sign_out_everywhere(posted: Posted) -> Answer {
    let visit = &posted.visit;
    let ended = visit.console.sessions.end_sessions_of(&visit.caller().actor.id).await;
    ended.map_err(|error| visit.failed(&unavailable(&error)))?;
    Ok(signed_out(&visit.console, &visit.session, shell_of(&visit.console, visit.language)))
}
