//! Sessions: fixation, stolen cookies, ends, people in two tabs.

use std::time::Duration;

use adapter_console::Lifetime;
use axum::body::Body;
use axum::http::header::{HOST, SET_COOKIE};
use axum::http::{Request, StatusCode};
use client_app::jiff::SignedDuration;

use crate::bank::Bank;
use crate::browser::Browser;
use crate::page::Page;

fn is_signed_out(page: &Page) -> bool {
    page.status == StatusCode::SEE_OTHER && page.location().unwrap().starts_with("/console/sign-in")
}

#[tokio::test]
async fn every_page_needs_a_sign_in() {
    let bank = Bank::open();
    let mut browser = Browser::new(&bank);
    for path in [
        "/console",
        "/console/clients",
        "/console/new",
        "/console/clients/x",
        "/console/clients/x/do/approve",
        "/console/clients/x/do/approve-document/y",
        "/console/clients/x/documents/y",
        "/console/files/y",
        "/console/lifecycle",
        "/console/policy",
        "/console/me",
        "/console/other",
    ] {
        assert!(is_signed_out(&browser.get(path).await), "{path}");
    }
    for path in [
        "/console/clients",
        "/console/new",
        "/console/clients/x/do/approve",
        "/console/policy",
        "/console/sign-out",
    ] {
        assert!(is_signed_out(&browser.post(path, &[]).await), "{path}");
    }
}

#[tokio::test]
async fn a_cookie_that_was_set_before_is_not_the_session() {
    let bank = Bank::open();
    let mut attacker = Browser::of(&bank, "maker").await;
    let known = attacker.cookie.clone();
    // The victim's browser holds the attacker's cookie when the victim signs in.
    let mut victim = Browser { cookie: known.clone(), ..Browser::new(&bank) };
    victim.post("/console/sign-in/checker", &[]).await;
    assert_ne!(victim.cookie, known);
    assert!(victim.get("/console/me").await.words().contains("checker"));
    // The session of the cookie that was known has ended, and it is not the victim's.
    assert!(is_signed_out(&attacker.get("/console/me").await));
    let mut made_up = Browser { cookie: Some("clients-dev=chosen".to_owned()), ..Browser::new(&bank) };
    made_up.post("/console/sign-in/checker", &[]).await;
    assert_ne!(made_up.cookie.as_deref(), Some("clients-dev=chosen"));
    let mut chosen = Browser { cookie: Some("clients-dev=chosen".to_owned()), ..Browser::new(&bank) };
    assert!(is_signed_out(&chosen.get("/console/me").await));
}

#[tokio::test]
async fn a_stolen_cookie_is_worthless_after_the_sign_out() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "maker").await;
    let mut thief = Browser { cookie: browser.cookie.clone(), ..Browser::new(&bank) };
    assert_eq!(thief.get("/console/me").await.status, StatusCode::OK);
    let answer = browser.post("/console/sign-out", &[]).await;
    assert!(is_signed_out(&answer));
    assert!(browser.cookie.is_none(), "the browser forgets it as well");
    assert!(is_signed_out(&thief.get("/console/me").await));
}

#[tokio::test]
async fn sign_out_everywhere_ends_every_session_of_the_person_and_of_no_other() {
    let bank = Bank::open();
    let (mut one, mut two) = (Browser::of(&bank, "maker").await, Browser::of(&bank, "maker").await);
    let mut other = Browser::of(&bank, "checker").await;
    one.post("/console/sign-out-everywhere", &[]).await;
    assert!(is_signed_out(&two.get("/console/me").await));
    assert_eq!(other.get("/console/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_when_the_person_is_not_seen_and_at_its_absolute_end() {
    let bank = Bank::open();
    let mut idle = Browser::of(&bank, "maker").await;
    bank.clock.advance(Duration::from_mins(16));
    assert!(is_signed_out(&idle.get("/console/me").await));

    let mut busy = Browser::of(&bank, "maker").await;
    for _ in 0..47 {
        bank.clock.advance(Duration::from_mins(10));
        assert_eq!(busy.get("/console/me").await.status, StatusCode::OK, "{}", bank.now());
    }
    bank.clock.advance(Duration::from_mins(10));
    assert!(is_signed_out(&busy.get("/console/me").await), "eight hours are over");
}

#[tokio::test]
async fn a_person_at_work_stays_signed_in_however_short_the_idle_time_is() {
    let lifetime = Lifetime { idle: SignedDuration::from_secs(80), ..Lifetime::default() };
    let bank = Bank::with(false, lifetime);
    let mut browser = Browser::of(&bank, "maker").await;
    for _ in 0..10 {
        bank.clock.advance(Duration::from_secs(50));
        assert_eq!(browser.get("/console/me").await.status, StatusCode::OK, "{}", bank.now());
    }
    bank.clock.advance(Duration::from_secs(81));
    assert!(is_signed_out(&browser.get("/console/me").await));
}

#[tokio::test]
async fn two_tabs_are_two_people_only_with_two_cookies() {
    let bank = Bank::open();
    let (mut maker, mut checker) = (Browser::of(&bank, "maker").await, Browser::of(&bank, "checker").await);
    // The page of the maker is still open when the checker has signed in with the same browser.
    let stale = maker.csrf.clone();
    checker.csrf = stale;
    let answer = checker.post("/console/sign-out", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(checker.get("/console/me").await.status, StatusCode::OK, "the session goes on");
    assert_eq!(maker.get("/console/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_cookie_is_protected_by_the_browser() {
    for (secure, expected) in [
        (true, ["__Host-clients=", "; Path=/; HttpOnly; SameSite=Lax; Secure"]),
        (false, ["clients-dev=", "; Path=/; HttpOnly; SameSite=Lax"]),
    ] {
        let bank = Bank::with(secure, Lifetime::default());
        let mut browser = Browser::new(&bank);
        let answer = browser.post("/console/sign-in/maker", &[]).await;
        let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with(expected[0]) && cookie.ends_with(expected[1]), "{cookie}");
        assert_eq!(browser.get("/console/me").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn no_one_else_can_sign_a_browser_in() {
    let bank = Bank::open();
    let mut browser = Browser::new(&bank);
    let request = |site: &str| {
        Request::post("/console/sign-in/maker").header("sec-fetch-site", site).body(Body::empty()).unwrap()
    };
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(browser.send(request(site)).await.status, StatusCode::BAD_REQUEST, "{site}");
        assert!(browser.cookie.is_none());
    }
    assert_eq!(browser.post("/console/sign-in/root", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_banner_of_development_is_on_every_page() {
    let bank = Bank::open();
    let mut browser = Browser::new(&bank);
    assert!(browser.get("/console/sign-in").await.words().contains("Do not use it for real clients"));
    let mut browser = Browser::of(&bank, "maker").await;
    for path in ["/console/clients", "/console/new", "/console/lifecycle", "/console/me", "/console/nowhere"]
    {
        assert!(browser.get(path).await.words().contains("Do not use it for real clients"), "{path}");
    }
}

#[tokio::test]
async fn a_console_that_everybody_can_sign_in_to_answers_on_its_own_machine_only() {
    let bank = Bank::open();
    let mut browser = Browser::of(&bank, "maker").await;
    let request = |method: &str, path: &str, host: &str| {
        let request = Request::builder().method(method).uri(path).header(HOST, host);
        request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap()
    };
    for host in ["evil.example", "evil.example:8443", "localhost.evil.example", "192.168.0.7"] {
        for (method, path) in [
            ("GET", "/console"),
            ("GET", "/console/sign-in"),
            ("GET", "/console/clients"),
            ("GET", "/console/nowhere"),
            ("POST", "/console/sign-in/checker"),
        ] {
            let page = browser.send(request(method, path, host)).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{host} {path}");
            assert!(page.words().contains("Open it as localhost"), "{}", page.words());
            assert!(!page.headers.contains_key(SET_COOKIE) && !page.text.contains("evil.example"));
            assert!(page.headers.contains_key("content-security-policy"));
        }
    }
    for host in ["localhost", "127.0.0.1:8443", "[::1]:8443"] {
        assert_eq!(browser.send(request("GET", "/console/me", host)).await.status, StatusCode::OK, "{host}");
    }
}

/// What was typed stays on the page: a script that asks by itself leads nowhere.
#[tokio::test]
async fn live_check_of_a_session_that_has_ended_says_so_on_the_page() {
    let bank = Bank::open();
    let mut browser = Browser::new(&bank);
    for (method, path) in
        [("POST", "/console/new"), ("POST", "/console/clients"), ("GET", "/console/batches/b?live=x")]
    {
        let request = Request::builder().method(method).uri(path).header("hx-request", "true");
        let page = browser.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.headers.get("hx-redirect").is_none() && page.location().is_none(), "{path}");
        assert_eq!(&page.headers["hx-reselect"], ".refused", "{path}");
        let shown = page.elements().into_iter().find(|one| one.get("class") == Some("refused")).unwrap();
        assert!(shown.get("data-ended").is_some() && shown.text.contains("You are signed out."), "{path}");
        let link = page.all("a").into_iter().find(|link| link.get("target") == Some("_blank")).unwrap();
        assert_eq!(link.get("href"), Some("/console/sign-in?ended"));
    }
}

#[tokio::test]
async fn sign_in_leads_back_to_the_page_that_was_asked_for() {
    let bank = Bank::open();
    let client = bank.pending(0).await;
    let form = format!("/console/clients/{client}/do/update");
    let mut browser = Browser::new(&bank);
    for (asked, posted, expected) in [
        ("/console/queue?kind=Document&mine=hide", false, "/console/queue?kind=Document&mine=hide"),
        (form.as_str(), false, form.as_str()),
        (&form, true, &form),
        ("/console/queue/claim", true, "/console/queue"),
        ("/console/views/save", true, "/console/clients"),
        ("/console", false, "/console"),
    ] {
        let answer = if posted { browser.post(asked, &[]).await } else { browser.get(asked).await };
        let address = answer.location().unwrap();
        let page = browser.get(&address).await;
        assert_eq!(page.words().contains("Sign in to go on."), posted, "{asked}");
        let target = page.hidden("page");
        let fields: Vec<_> = target.iter().map(|target| ("page", target.as_str())).collect();
        let signed_in = browser.post("/console/sign-in/maker", &fields).await;
        assert_eq!(signed_in.location().as_deref(), Some(expected), "{asked}");
        browser.cookie = None;
    }
    for foreign in ["https://evil.example/console/", "//evil.example", "/api", "/console/\r\nx: y"] {
        let signed_in = browser.post("/console/sign-in/maker", &[("page", foreign)]).await;
        assert_eq!(signed_in.location().as_deref(), Some("/console"), "{foreign}");
    }
    let page = browser.get("/console/sign-in?page=%2F%2Fevil.example").await;
    assert!(!page.text.contains("evil"));
}
