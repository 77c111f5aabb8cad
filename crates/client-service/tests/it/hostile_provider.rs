//! An identity provider that is hostile or broken, in one named way after the other: no session, no cookie, a page with a
//! sentence, and a log without secrets.

use std::time::{Duration, Instant};

use crate::identity_provider::{Provider, assert_discreet};
use crate::service::{Service, call, wait_a_moment};
use crate::web::{Answer, Browser};

const OVER: &str = "This sign-in is over, or was begun in another browser.";
const REFUSED: &str = "The identity provider did not sign you in.";
const UNAVAILABLE: &str = "The identity provider gives no answer that can be used.";
const UNPROVEN: &str = "does not prove who you are.";

/// What the provider does, what the person is told, and the reason in the log.
const ANSWERS: &[(&str, &str, &str)] = &[
    ("wrong-nonce", UNPROVEN, "nonce"),
    ("no-nonce", UNPROVEN, "nonce"),
    ("wrong-audience", UNPROVEN, "aud"),
    ("no-audience", UNPROVEN, "aud"),
    ("another-issuer", UNPROVEN, "iss"),
    ("mix-up", UNPROVEN, "another_issuer"),
    ("names-no-issuer", UNPROVEN, "another_issuer"),
    ("code-of-before", OVER, "invalid_grant"),
    ("another-state", OVER, "state_of_another_browser"),
    ("no-state", OVER, "state_missing"),
    ("state-twice", OVER, "parameter_twice"),
    ("no-code", OVER, "code_missing"),
    ("code-twice", OVER, "parameter_twice"),
    ("refuses", REFUSED, "refused_by_provider"),
    ("no-algorithm", UNPROVEN, "algorithm"),
    ("public-key-as-secret", UNPROVEN, "algorithm"),
    ("expired", UNPROVEN, "expired"),
    ("no-expiry", UNPROVEN, "exp"),
    ("not-yet-valid", UNPROVEN, "nbf"),
    ("issued-in-the-future", UNPROVEN, "iat"),
    ("no-issue", UNPROVEN, "iat"),
    ("valid-for-a-year", UNPROVEN, "lifetime"),
    ("unknown-key", UNPROVEN, "unknown_key"),
    ("wrong-signature", UNPROVEN, "signature"),
    ("for-another-client-too", UNPROVEN, "azp"),
    ("for-several-clients", UNPROVEN, "azp_missing"),
    ("proof-in-the-future", UNPROVEN, "auth_time"),
    ("an-access-token", UNPROVEN, "type"),
    ("a-logout-token", UNPROVEN, "type"),
    ("a-claim-twice", UNPROVEN, "json"),
    ("not-json", UNPROVEN, "json"),
    ("too-long", UNPROVEN, "too_long"),
    ("no-subject", UNPROVEN, "sub"),
    ("a-number-as-subject", UNPROVEN, "sub"),
    ("an-invisible-subject", UNPROVEN, "sub_invisible_characters"),
    ("a-service", UNPROVEN, "reserved_sub"),
    ("a-list-as-session", UNPROVEN, "sid"),
    ("a-wrong-branch", UNPROVEN, "branchId"),
    ("no-id-token", UNPROVEN, "id_token_missing"),
    ("codes-html", UNAVAILABLE, "answer_not_json"),
    ("codes-500", UNAVAILABLE, "status"),
    ("codes-huge", UNAVAILABLE, "answer_too_long"),
    ("codes-slow", UNAVAILABLE, "timeout"),
    ("codes-redirect", UNAVAILABLE, "redirect"),
    ("codes-cut", UNAVAILABLE, "broken_answer"),
];

/// The person is told why, and the browser is not signed in.
fn assert_refused(browser: &mut Browser, page: &Answer, case: &str, sentence: &str) {
    let status = if sentence == UNAVAILABLE { 503 } else { 403 };
    assert_eq!(page.status, status, "{case}: {page:?}");
    assert!(page.body.contains("You are not signed in") && page.body.contains(sentence), "{case}: {page:?}");
    assert!(!page.body.contains("marker") && !page.body.contains("isSuccessful"), "{case}: {page:?}");
    assert!(page.header("content-security-policy").is_some(), "{case}");
    assert!(page.all("set-cookie").iter().all(|set| set.contains("Max-Age=0")), "{case}: {page:?}");
    assert!(!browser.cookies.contains_key("clients-dev") && !browser.is_signed_in(), "{case}");
}

#[test]
fn a_hostile_answer_opens_no_session_and_the_person_is_told_so() {
    let provider = Provider::start();
    let service = provider.service(&[]);
    // The control: an honest answer opens a session.
    assert_eq!(Browser::new(&service.address).sign_in().status, 303);
    for (case, sentence, _) in ANSWERS {
        provider.is(case);
        let mut browser = Browser::new(&service.address);
        let page = browser.sign_in();
        assert_refused(&mut browser, &page, case, sentence);
        provider.is("honest");
        assert_eq!(browser.sign_in().status, 303, "{case}: the next honest answer opens a session");
    }
    assert!(!provider.seen().contains(&"/elsewhere".to_owned()), "the redirect was followed");

    // The answer of an honest provider, where it does not belong.
    let mut victim = Browser::new(&service.address);
    let mut attacker = Browser::new(&service.address);
    let theirs = attacker.visit_provider("/console/sign-in/provider");
    let page = victim.get(&theirs);
    assert_refused(&mut victim, &page, "no attempt of this browser", OVER);
    victim.visit_provider("/console/sign-in/provider");
    let page = victim.get(&theirs);
    assert_refused(&mut victim, &page, "the state of another browser", OVER);
    assert_eq!(attacker.get(&theirs).status, 303, "what others do with an answer does not end the attempt");
    // The same answer again, also with the cookie of the attempt.
    let mut browser = Browser::new(&service.address);
    let back = browser.visit_provider("/console/sign-in/provider");
    let attempt = browser.cookies.clone();
    assert_eq!(browser.get(&back).status, 303);
    for cookies in [attempt, std::collections::BTreeMap::new()] {
        let mut thief = Browser { cookies, ..Browser::new(&service.address) };
        let page = thief.get(&back);
        assert_refused(&mut thief, &page, "replayed state", OVER);
    }
    assert!(browser.is_signed_in(), "the person is not disturbed");

    let log = service.stop().stderr;
    for (case, _, reason) in ANSWERS {
        assert!(log.contains(&format!("reason=\"{reason}\"")), "{case}: {reason} is not in the log: {log}");
    }
    assert_discreet(&log, &provider);
}

#[test]
fn a_provider_that_cannot_be_trusted_stops_the_start() {
    let provider = Provider::start();
    for (case, expected) in [
        ("another-issuer", "names another issuer"),
        ("another-spelling", "names another issuer"),
        ("keys-in-clear-text", "jwks_uri is not an https address"),
        ("codes-in-clear-text", "token_endpoint is not an https address"),
        ("keys-in-a-file", "jwks_uri is not an https address"),
        ("no-proof-of-the-client", "does not support PKCE"),
        ("no-public-keys", "none of RS256, ES256 and EdDSA"),
        ("no-codes", "response type code"),
    ] {
        let arguments = provider.arguments(&format!("{}/{case}", provider.issuer()));
        let arguments: Vec<&str> =
            ["serve"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let ended = call(&arguments, &[("CLIENTS_LISTEN", "127.0.0.1:0")]);
        let sentence = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{case}: {sentence}");
        assert!(
            sentence.starts_with("client-service: --oidc-issuer: the identity provider ")
                && sentence.contains(expected)
                && sentence.lines().count() == 1
                && !sentence.contains("marker"),
            "{case}: {sentence}"
        );
    }
}

#[test]
fn a_provider_that_is_broken_at_the_start_lets_no_one_in_and_the_api_goes_on() {
    let provider = Provider::start();
    for (case, expected) in [
        ("no-keys", "has keys that cannot be used"),
        ("500", "status is not 200"),
        ("huge", "answer_too_long"),
        ("redirect", "status is not 200"),
        ("cut", "broken_answer"),
        ("html", "it is not JSON"),
    ] {
        let arguments = provider.arguments(&format!("{}/{case}", provider.issuer()));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let service = Service::start(&arguments, &[]);
        let mut browser = Browser::new(&service.address);
        assert!(browser.get("/console/sign-in").body.contains("cannot be reached now"), "{case}");
        let led = browser.get("/console/sign-in/provider");
        assert_refused(&mut browser, &led, case, UNAVAILABLE);
        assert!(browser.cookies.is_empty(), "{case}");
        assert_eq!(browser.get("/readyz").status, 200, "{case}");
        // The job has asked too, and logged why.
        let begun = Instant::now();
        while !browser.get("/metrics").body.contains("job_up{job=\"identity_provider\"} 0") {
            assert!(begun.elapsed() < Duration::from_mins(1), "{case}: the job did not ask");
            wait_a_moment();
        }
        let log = service.stop().stderr;
        assert!(log.contains("the identity provider") && log.contains(expected), "{case}: {log}");
        assert!(!log.contains("marker"), "{case}: {log}");
    }
    assert!(!provider.seen().contains(&"/elsewhere".to_owned()), "the redirect was followed");
}
