//! A browser without a screen: it keeps its cookies, and sends forms with the proof of the last page.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{Request, Response, StatusCode};
use client_app::CallerAddress;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::bank::Bank;
use crate::page::Page;
use crate::page_checks::says;

/// A browser of one person.
pub(crate) struct Browser {
    pub(crate) router: Router,
    pub(crate) cookie: Option<String>,
    pub(crate) csrf: String,
    /// Where its requests come from, if the server knows it.
    pub(crate) address: Option<CallerAddress>,
}

impl Browser {
    pub(crate) fn new(bank: &Bank) -> Self {
        Self { router: bank.router.clone(), cookie: None, csrf: String::new(), address: None }
    }

    /// A browser whose requests come from this address.
    pub(crate) fn at(bank: &Bank, address: &str) -> Self {
        Self { address: Some(CallerAddress(address.parse().unwrap())), ..Self::new(bank) }
    }

    /// A browser in which this person is signed in.
    pub(crate) async fn of(bank: &Bank, person: &str) -> Self {
        let mut browser = Self::new(bank);
        let answer = browser.send(form_request(&format!("/console/sign-in/{person}"), "")).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/console".to_owned())));
        assert!(browser.cookie.is_some());
        // Any page has the proof of the session.
        browser.get("/console/me").await;
        assert_eq!(browser.csrf.len(), 64);
        browser
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let page = self.send(request).await;
        if let Some(csrf) = page.hidden("csrf") {
            self.csrf = csrf;
        }
        page
    }

    /// Sends a form as a page of the console does, and goes on to the address of a list that it leads to.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post_only(path, fields).await;
        self.follow(answer).await
    }

    /// The same without going on.
    pub(crate) async fn post_only(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = self.form(fields);
        let answer = self.send(form_request(path, &body)).await;
        // A sign-in leads to the page that it was asked for.
        for address in
            answer.location().iter().filter(|address| address.contains("?s=") && !path.contains("sign-in"))
        {
            let said = fields.iter().find(|(_, value)| value.len() > 3 && says(address, value));
            assert!(said.is_none(), "{said:?} is in {address}");
        }
        answer
    }

    /// The page to which an answer leads if that is one with what was filled in, else the answer.
    pub(crate) async fn follow(&mut self, answer: Page) -> Page {
        match answer.location().filter(|address| address.contains("?s=")) {
            Some(address) => self.send(Request::get(address).body(Body::empty()).unwrap()).await,
            None => answer,
        }
    }

    /// The form with the proof of the session.
    pub(crate) fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &self.csrf);
        form.extend_pairs(fields);
        form.finish()
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Page {
        if let Some(address) = self.address {
            request.extensions_mut().insert(address);
        }
        let headers = request.headers_mut();
        headers.entry(HOST).or_insert("localhost:8443".parse().unwrap());
        headers.entry(ACCEPT_ENCODING).or_insert("gzip".parse().unwrap());
        if let Some(cookie) = &self.cookie {
            headers.insert(COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.keep(&response);
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let failure = head.extensions.get().cloned();
        let is_page =
            head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let is_refusal = head.status.is_client_error() || head.status.is_server_error();
        assert!(
            !(is_page && is_refusal) || failure.is_some(),
            "the server would send its own answer: {}",
            head.status
        );
        let text = String::from_utf8_lossy(&body).into_owned();
        Page { status: head.status, headers: head.headers, text, failure }
    }

    fn keep(&mut self, response: &Response<Body>) {
        let name = |pair: &str| pair.split('=').next().unwrap().to_owned();
        let mut pairs: Vec<String> =
            self.cookie.iter().flat_map(|pairs| pairs.split("; ")).map(str::to_owned).collect();
        for set in response.headers().get_all(SET_COOKIE) {
            let set = set.to_str().unwrap();
            let pair = set.split(';').next().unwrap();
            pairs.retain(|kept| name(kept) != name(pair));
            if !set.contains("Max-Age=0") {
                pairs.push(pair.to_owned());
            }
        }
        self.cookie = (!pairs.is_empty()).then(|| pairs.join("; "));
    }
}

/// A request that sends a form as a page of the console does.
fn form_request(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

impl Page {
    pub(crate) fn location(&self) -> Option<String> {
        self.headers.get(LOCATION).map(|location| location.to_str().unwrap().to_owned())
    }
}
