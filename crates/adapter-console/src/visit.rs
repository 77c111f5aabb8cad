//! A request of a person who is signed in.

use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use client_app::jiff::SignedDuration;
use client_app::ports::{Session, SessionId, SessionMoment, StoreError};
use client_app::{Caller, CallerSlot, RequestId};
use client_wire::{Code, Failure, Item};
use sha2::{Digest as _, Sha256};

use crate::cookie::Cookie;
use crate::entered::{ENTERED, Entered, Seal};
use crate::hex::hex;
use crate::language::Language;
use crate::navigation::open_to;
use crate::sentence::{Sentence, sentences};
use crate::settings::Console;
use crate::shell::{Shell, html};
use crate::sign_in_attempt::own_page;
use crate::stop::Stop;
use crate::url;

/// A session is touched in the storage at most this often.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(1);
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
/// Tells the script to show the whole page anew.
pub(crate) const HX_REFRESH: HeaderName = HeaderName::from_static("hx-refresh");
/// Tells the script which address the page has now.
pub(crate) const HX_REPLACE_URL: HeaderName = HeaderName::from_static("hx-replace-url");
const HX_RESELECT: HeaderName = HeaderName::from_static("hx-reselect");
const HX_RESWAP: HeaderName = HeaderName::from_static("hx-reswap");
/// How the query of an address begins that a page asks for by itself, without the person.
const LIVE: &str = "live=";
/// Where people sign in.
pub(crate) const SIGN_IN: &str = "/console/sign-in";

/// A request of a person who is signed in.
pub(crate) struct Visit {
    pub(crate) console: Arc<Console>,
    pub(crate) session: Session,
    pub(crate) language: &'static Language,
    pub(crate) request_id: Option<RequestId>,
    path: String,
    csrf: String,
    seal: Seal,
}

impl FromRequestParts<Arc<Console>> for Visit {
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Stop> {
        let language = language(&parts.headers);
        let cookie = Cookie::new(console.secure).read(&parts.headers);
        let signed_out = || Stop::from(to_sign_in(console, language, parts));
        let cookie = cookie.ok_or_else(signed_out)?;
        let now = console.clock.now();
        let at = SessionMoment::new(now, console.lifetime.idle);
        let id = SessionId::of_cookie(cookie);
        let unavailable =
            |error: StoreError| failure_page(&shell_of(console, language), &unavailable(&error));
        let found = console.sessions.find_session(&id, at).await.map_err(unavailable)?;
        let session = found.ok_or_else(signed_out)?;
        if let Some(slot) = parts.extensions.get::<CallerSlot>() {
            slot.set(&session.caller.actor.id);
        }
        // A page that asks by itself keeps no one signed in.
        let is_person = !parts.uri.query().is_some_and(|query| query.starts_with(LIVE));
        // A short idle time is touched more often, so that a person at work is never taken for one who has left.
        if is_person
            && now.duration_since(session.last_seen) > TOUCH_EVERY.min(console.lifetime.idle / 4)
            && !console.sessions.touch_session(&id, at).await.map_err(unavailable)?
        {
            return Err(signed_out());
        }
        let request_id = parts.extensions.get::<RequestId>().cloned();
        let path = parts.uri.path().to_owned();
        let (csrf, seal) = (csrf(cookie), Seal::of_cookie(cookie));
        Ok(Self { console: console.clone(), session, language, request_id, path, csrf, seal })
    }
}

impl Visit {
    /// The person.
    pub(crate) const fn caller(&self) -> &Caller {
        &self.session.caller
    }

    /// Whether a form is from a page of this session.
    pub(crate) fn proves(&self, csrf: &str) -> bool {
        // Digests are compared, so that the time tells nothing about the text.
        Sha256::digest(csrf) == Sha256::digest(&self.csrf)
    }

    /// The frame of a page with this title.
    pub(crate) fn shell(&self, title: impl Into<String>) -> Shell {
        Shell {
            title: title.into(),
            person: Some(self.caller().actor.id.as_str().to_owned()),
            entries: open_to(&self.caller().permissions),
            path: self.path.clone(),
            csrf: self.csrf.clone(),
            ..shell_of(&self.console, self.language)
        }
    }

    /// The address of a page with what was filled in, which this session can read; none if it would be too long.
    pub(crate) fn address(&self, path: &str, fields: &[(String, String)]) -> Option<String> {
        if fields.is_empty() {
            return Some(path.to_owned());
        }
        self.seal.write(path, fields, &(self.console.random)())
    }

    /// Leads to that address.
    pub(crate) fn lead(&self, path: &str, fields: &[(String, String)]) -> Option<Response> {
        self.address(path, fields).map(|address| see_other(&address))
    }

    /// What the address of the page, which has this query, says was filled in.
    pub(crate) fn entered(&self, query: Option<&str>) -> Entered {
        self.seal.read(&self.path, query)
    }

    /// What is said in place of what an address shows that this session cannot read.
    pub(crate) fn unreadable(&self) -> Vec<Sentence> {
        vec![Sentence::plain(self.text("address.unreadable"))]
    }

    /// The text with this key.
    pub(crate) fn text(&self, key: &str) -> String {
        self.language.text(key)
    }

    /// A page that says why a request failed.
    pub(crate) fn failed(&self, failure: &Failure) -> Stop {
        failure_page(&self.shell(""), failure)
    }

    /// The same with other sentences.
    pub(crate) fn failed_with(&self, failure: &Failure, sentences: Vec<Sentence>) -> Stop {
        failure_page_with(&self.shell(""), failure, sentences)
    }

    /// The sentences of a failure.
    pub(crate) fn sentences(&self, failure: &Failure) -> Vec<Sentence> {
        sentences(self.language, failure)
    }
}

/// The proof for forms of the session with this cookie. The cookie cannot be computed from it.
fn csrf(cookie: &str) -> String {
    let digest = Sha256::new().chain_update("form of ").chain_update(cookie).finalize();
    hex(&digest)
}

/// The language that the browser asks for.
pub(crate) fn language(headers: &HeaderMap) -> &'static Language {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(header.unwrap_or_default())
}

/// The frame of a page without a session.
pub(crate) fn shell_of(console: &Console, language: &'static Language) -> Shell {
    Shell {
        language,
        title: String::new(),
        person: None,
        entries: Vec::new(),
        path: String::new(),
        csrf: String::new(),
        development: console.is_development(),
    }
}

#[derive(Template)]
#[template(path = "ended.html")]
struct EndedPage {
    shell: Shell,
}

/// To the page on which people sign in, and from there back. A script asks while a form is filled in; the page stays then, with
/// all that was typed, and says that the session has ended.
fn to_sign_in(console: &Console, language: &'static Language, parts: &Parts) -> Response {
    if parts.headers.contains_key(HX_REQUEST) {
        let shell = Shell { title: language.text("signout.title"), ..shell_of(console, language) };
        let mut response = html(StatusCode::FORBIDDEN, &EndedPage { shell });
        show_refused(&mut response);
        response
            .extensions_mut()
            .insert(Failure::of(Item::new(Code::TokenMissing, Code::TokenMissing.meaning())));
        return response;
    }
    let path = parts.uri.path();
    let page = match parts.method {
        // The next session cannot read it. What is left of it has the page say so, and not show everything.
        Method::GET if parts.uri.query().is_some_and(|query| query.starts_with(ENTERED)) => {
            format!("{path}?{ENTERED}")
        }
        Method::GET => parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        _ => form_page(path).to_owned(),
    };
    let mut target = SIGN_IN.to_owned();
    let mut join = '?';
    if parts.method != Method::GET {
        target.push_str("?ended");
        join = '&';
    }
    if let Some(page) = own_page(&page) {
        target.push(join);
        target.push_str(&url::page_parameter(page));
    }
    see_other(&target)
}

/// The page with the form that is sent to this path.
fn form_page(path: &str) -> &str {
    match path {
        "/console/queue/claim" | "/console/queue/approve" => "/console/queue",
        "/console/batches/clients" => "/console/clients",
        path if path.starts_with("/console/views/") => "/console/clients",
        path if path.starts_with("/console/sign-out") => "",
        path => path,
    }
}

/// An answer that leads to another page of the console.
pub(crate) fn see_other(target: &str) -> Response {
    match HeaderValue::from_str(target) {
        Ok(target) => (StatusCode::SEE_OTHER, [(LOCATION, target)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The storage does not answer.
pub(crate) fn unavailable(error: &StoreError) -> Failure {
    let item = Item::new(Code::StoreUnavailable, Code::StoreUnavailable.meaning());
    Failure { cause: Some(error.to_string()), ..Failure::of(item) }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    shell: &'a Shell,
    heading: String,
    sentences: Vec<Sentence>,
}

/// A page that says why a request failed. The failure goes with it, for the log.
pub(crate) fn failure_page(shell: &Shell, failure: &Failure) -> Stop {
    failure_page_with(shell, failure, sentences(shell.language, failure))
}

fn failure_page_with(shell: &Shell, failure: &Failure, sentences: Vec<Sentence>) -> Stop {
    let heading = shell.language.word("failure", failure.status.wire());
    let mut response = refusal_page(shell, status(failure), heading, sentences);
    response.extensions_mut().insert(failure.clone());
    response.into()
}

/// A page with a heading and why a request is refused.
pub(crate) fn refusal_page(
    shell: &Shell,
    status: StatusCode,
    heading: String,
    sentences: Vec<Sentence>,
) -> Response {
    let shell = Shell { title: heading.clone(), ..shell.clone() };
    let mut response = html(status, &FailurePage { shell: &shell, heading, sentences });
    show_refused(&mut response);
    response
}

/// The page has no part that a script waits for, so the script is told what to show in its place.
fn show_refused(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(HX_RESELECT, HeaderValue::from_static(".refused"));
    headers.insert(HX_RESWAP, HeaderValue::from_static("innerHTML"));
}

/// The status of a failure. No page asks for a password of the browser, so 401 is not among them.
pub(crate) fn status(failure: &Failure) -> StatusCode {
    StatusCode::from_u16(failure.status.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
