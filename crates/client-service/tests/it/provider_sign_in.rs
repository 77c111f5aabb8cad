//! People sign in at an identity provider that is honest: sign-in, decision, another proof, sign-out, back-channel logout.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::identity_provider::{Provider, assert_discreet};
use crate::service::{Service, call, exports, wait_a_moment};
use crate::web::{Answer, Browser, send, split};

const CHECKER: [&str; 3] = ["customers.read", "customers.approve", "customers.history"];

/// A client that `maker` has made through the API, by its key.
fn created(service: &mut Service) -> String {
    let screen = service.first_screen("/docs");
    let token = exports(&screen).into_iter().find(|(name, _)| name == "MAKER").unwrap().1;
    let line = screen.lines().find(|line| line.starts_with("NGOZI=")).unwrap();
    let body = line.split(" -d '").nth(1).unwrap().split("' |").next().unwrap();
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let answer = send(&service.address, "POST", "/api/bpm/cmd", &headers, body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    answer.pointer("/data/contactEncodedKey").and_then(serde_json::Value::as_str).unwrap().to_owned()
}

/// Checks the approval on its page, and confirms it.
fn approve(browser: &mut Browser, path: &str) -> Answer {
    let csrf = browser.get("/console/me").hidden("csrf");
    let (key, version) = ("0123456789abcdef0123456789abcdef", "1");
    let form = [("csrf", csrf.as_str()), ("key", key), ("version", version)];
    let checked = browser.post(path, &[&form[..], &[("step", "check"), ("checked", "")]].concat());
    assert_eq!(checked.status, 200, "{checked:?}");
    let digest = checked.hidden("checked");
    browser.post(path, &[&form[..], &[("step", "confirm"), ("checked", &digest)]].concat())
}

#[test]
fn a_person_signs_in_at_the_provider_decides_and_signs_out() {
    let provider = Provider::start();
    let mut service = provider.service(&[]);
    let key = created(&mut service);
    let path = format!("/console/clients/{key}/do/approve");

    // The page of development does not exist.
    let mut browser = Browser::new(&service.address);
    let page = browser.get("/console/sign-in");
    assert!(page.body.contains("href=\"/console/sign-in/provider\""), "{page:?}");
    assert!(!page.body.contains("Sign in as") && !page.body.contains("class=\"banner\""), "{page:?}");
    assert_eq!(browser.post("/console/sign-in/maker", &[]).status, 404);

    // The maker of the API is the same person here, so four eyes holds across both.
    provider.has("maker", &CHECKER);
    let mut maker = Browser::new(&service.address);
    assert_eq!(maker.sign_in().location(), "/console");
    assert!(maker.get(&path).body.contains("class=\"refused\""));
    let refused = maker.get("/console/me").hidden("csrf");
    let form = [("csrf", refused.as_str()), ("step", "check"), ("checked", ""), ("version", "1")];
    assert_eq!(maker.post(&path, &form).status, 403, "four eyes");

    provider.has("checker", &CHECKER);
    let there = browser.get("/console/sign-in/provider");
    let cookie = there.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let signed_in = browser.sign_in();
    assert_eq!((signed_in.status, signed_in.location()), (303, "/console"));
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["clients-dev"], "the attempt is forgotten");
    assert!(provider.authorized()["max_age"].is_null() && provider.authorized()["prompt"].is_null());
    let me = browser.get("/console/me").body;
    assert!(me.contains("checker@marker.example") && me.contains("data-permission=\"customers.approve\""));
    let done = approve(&mut browser, &path);
    assert_eq!(done.location(), format!("/console/clients/{key}?done=approve"));

    let csrf = browser.get("/console/me").hidden("csrf");
    let out = browser.post("/console/sign-out", &[("csrf", &csrf)]);
    let refresh = out.header("refresh").unwrap();
    let (address, path) = split(refresh.strip_prefix("0; url=").unwrap());
    assert_eq!(
        path,
        "/logout?client_id=the-console&post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fconsole%2Fsign-in"
    );
    assert_eq!(send(&address, "GET", &path, &[], "").status, 200);
    assert!(browser.cookies.is_empty() && !browser.is_signed_in());
    assert!(maker.is_signed_in(), "the other person works on");
    let log = service.stop().stderr;
    assert!(log.contains("the console is at /console"), "{log}");
    assert_discreet(&log, &provider);
}

#[test]
fn a_decision_needs_a_recent_proof_where_the_bank_wants_it() {
    let provider = Provider::start();
    let mut service = provider.service(&["--console-fresh-sign-in", "5m"]);
    let key = created(&mut service);
    let path = format!("/console/clients/{key}/do/approve");
    provider.has("checker", &CHECKER);
    let mut browser = Browser::new(&service.address);

    // An old proof is enough for reading and checking, and not for deciding.
    provider.is("old-proof");
    assert_eq!(browser.sign_in().location(), "/console");
    assert_eq!(provider.authorized()["max_age"], "28800", "the provider is asked for the time of the proof");
    assert_eq!(browser.get(&format!("/console/clients/{key}")).status, 200);
    let refused = approve(&mut browser, &path);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("A decision needs a proof that is more recent"), "{refused:?}");
    let again = browser.get(&format!("{path}?from=queue"));
    let again = again.header("refresh").unwrap().strip_prefix("0; url=").unwrap().to_owned();
    assert_eq!(
        again,
        format!("/console/sign-in/again?page={}", path.replace('/', "%2F") + "%3Ffrom%3Dqueue")
    );

    // The provider must have asked again, and the person must be the same.
    let before = browser.cookies["clients-dev"].clone();
    for (case, person, sentence) in [
        ("old-proof", "checker", "does not say that you have just given a proof"),
        ("no-time-of-the-proof", "checker", "does not say that you have just given a proof"),
        ("honest", "second", "This sign-in is of another person"),
    ] {
        provider.has(person, &CHECKER);
        provider.is(case);
        let back = browser.visit_provider(&again);
        let asked = provider.authorized();
        assert_eq!((asked["max_age"].as_str(), asked["prompt"].as_str()), (Some("300"), Some("login")));
        let page = browser.get(&back);
        assert_eq!(page.status, 403);
        assert!(page.body.contains(sentence), "{case}: {page:?}");
        assert_eq!(browser.cookies["clients-dev"], before, "{case}: the session goes on as it was");
    }
    provider.has("checker", &CHECKER);
    provider.is("honest");
    let back = browser.visit_provider(&again);
    assert_eq!(browser.get(&back).location(), format!("{path}?from=queue"));
    assert_ne!(browser.cookies["clients-dev"], before);
    assert_eq!(browser.get(&format!("{path}?from=queue")).status, 200);
    assert_eq!(approve(&mut browser, &path).status, 303);
    // Nobody is led out of the console.
    for page in ["https://evil.example", "//evil.example", "/api/bpm/cmd", "%2Fconsole%5Cevil", ""] {
        let back = browser.visit_provider(&format!("/console/sign-in/again?page={page}"));
        assert_eq!(browser.get(&back).location(), "/console", "{page}");
    }
    assert_discreet(&service.stop().stderr, &provider);
}

#[test]
fn without_the_time_of_the_proof_no_one_signs_in_where_decisions_need_it() {
    let provider = Provider::start();
    let service = provider.service(&["--console-fresh-sign-in", "5m"]);
    provider.is("no-time-of-the-proof");
    let mut browser = Browser::new(&service.address);
    assert_eq!(browser.sign_in().status, 403);
    assert!(!browser.is_signed_in());
    let lenient = provider.service(&[]);
    let mut browser = Browser::new(&lenient.address);
    assert_eq!(browser.sign_in().status, 303);
}

#[test]
fn the_provider_ends_sessions_by_a_logout_token() {
    let provider = Provider::start();
    let service = provider.service(&[]);
    let signed_in = |person: &str| {
        provider.has(person, &CHECKER);
        let mut browser = Browser::new(&service.address);
        assert_eq!(browser.sign_in().status, 303);
        browser
    };
    let post = |form: &str| {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        send(&service.address, "POST", "/console/back-channel-logout", &headers, form)
    };
    let (mut maker, mut checker) = (signed_in("maker"), signed_in("checker"));
    let of_maker = json!({ "sid": "session-of-maker", "sub": "maker" });
    for case in [
        "with-nonce",
        "without-events",
        "other-event",
        "event-is-no-object",
        "other-audience",
        "other-issuer",
        "expired",
        "too-old",
        "from-the-future",
        "without-id",
        "without-issue",
        "without-expiry",
        "ends-nothing",
        "session-is-a-list",
        "no-algorithm",
        "public-key-as-secret",
        "unknown-key",
        "wrong-signature",
        "an-access-token",
    ] {
        let answer = post(&format!("logout_token={}", provider.logout_token(case, &of_maker)));
        assert_eq!(answer.status, 400, "{case}: {answer:?}");
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));
        assert!(maker.is_signed_in(), "{case}");
    }
    let token = provider.logout_token("honest", &of_maker);
    for form in
        ["", "logout_token=", "logout_token=marker", &format!("logout_token={token}&logout_token={token}")]
    {
        assert_eq!(post(form).status, 400, "{form}");
    }
    assert!(maker.is_signed_in());

    assert_eq!(post(&format!("logout_token={token}")).status, 200);
    assert!(!maker.is_signed_in() && checker.is_signed_in());
    let mut maker = signed_in("maker");
    assert_eq!(post(&format!("logout_token={token}")).status, 400, "a token is accepted once");
    assert!(maker.is_signed_in());
    // A token without a session ends all of the person.
    let mut second = signed_in("maker");
    let token = provider.logout_token("honest", &json!({ "sub": "maker" }));
    assert_eq!(post(&format!("logout_token={token}")).status, 200);
    assert!(!maker.is_signed_in() && !second.is_signed_in() && checker.is_signed_in());
    let log = service.stop().stderr;
    assert!(log.contains("replayed") && log.contains("ended=2"), "{log}");
    assert_discreet(&log, &provider);
}

#[test]
fn people_sign_in_as_soon_as_a_provider_that_was_away_has_come() {
    let mut provider = Provider::away();
    let service = provider.service(&[]);
    let mut browser = Browser::new(&service.address);
    assert!(browser.get("/console/sign-in").body.contains("cannot be reached now"));
    assert_eq!(browser.get("/console/sign-in/provider").status, 503);
    assert!(browser.cookies.is_empty());
    for path in ["/readyz", "/openapi.json"] {
        assert_eq!(browser.get(path).status, 200, "the API is not concerned: {path}");
    }
    provider.come();
    let begun = Instant::now();
    while browser.get("/console/sign-in").body.contains("cannot be reached now") {
        assert!(begun.elapsed() < Duration::from_mins(1), "the provider was not asked again");
        wait_a_moment();
    }
    assert_eq!(browser.sign_in().status, 303);
    let log = service.stop().stderr;
    assert!(log.contains("not_connected") && log.contains("the identity provider answers"), "{log}");
    assert_discreet(&log, &provider);
}

#[test]
fn people_sign_in_after_the_provider_has_changed_its_key_and_its_endpoints() {
    let provider = Provider::start();
    let service = provider.service(&[]);
    let mut browser = Browser::new(&service.address);
    assert_eq!(browser.sign_in().status, 303);
    provider.moves("");
    assert_eq!(browser.sign_in().status, 303, "another key at the same address");
    provider.moves("/moved");
    assert_eq!(browser.sign_in().status, 303, "another key and another endpoint at another address");
    assert_discreet(&service.stop().stderr, &provider);
}

#[test]
fn settings_of_a_sign_in_are_checked_together() {
    let provider = Provider::start();
    let all = provider.arguments(&provider.issuer());
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let refusal = |arguments: &[&str]| {
        let ended = call(&[&["serve"], arguments].concat(), &[]);
        let sentence = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(
            (ended.status.code(), sentence.lines().count()),
            (Some(2), 1),
            "{arguments:?}: {sentence}"
        );
        sentence
    };
    for flag in ["--oidc-client-id", "--oidc-client-secret-file", "--console-url", "--console-fresh-sign-in"]
    {
        assert!(refusal(&[flag, "x"]).contains(&format!("{flag} is for people who sign in")), "{flag}");
    }
    for (at, flag) in [(2, "--oidc-client-id"), (6, "--console-url")] {
        let without: Vec<&str> = [&all[..at], &all[at + 2..]].concat();
        assert!(refusal(&without).contains(&format!("give {flag}")), "{flag}");
    }
    for (flag, value, expected) in [
        ("--console-url", "http://clients.bank.example", "must be an https address"),
        ("--console-url", "https://clients.bank.example/console", "without a path"),
        ("--console-fresh-sign-in", "10s", "from 1m to 24h"),
        ("--oidc-scopes", "email", "openid"),
        ("--oidc-issuer", "http://id.bank.example", "must be an https address"),
        ("--oidc-client-secret-file", "/no/such/file", "cannot be read"),
        ("--listen", "0.0.0.0:0", "this machine only"),
    ] {
        let mut with = all.clone();
        if let Some(at) = with.iter().position(|word| *word == flag) {
            with.drain(at..at + 2);
        }
        with.extend([flag, value]);
        assert!(refusal(&with).contains(expected), "{flag} {value}");
    }
}
