//! Attempts to sign in at the provider: their cookies, their time, and callers who mean harm.

use std::fmt::Write as _;
use std::time::Duration;

use adapter_console::Lifetime;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use client_app::jiff::{SignedDuration, Timestamp};
use sha2::Digest as _;

use crate::browser::Browser;
use crate::provider::{SILENCE, Trusting, bank, led_back, sign_in};

#[tokio::test]
async fn an_attempt_has_its_own_cookie_and_ends_with_it() {
    for (secure, name, session) in [
        (true, "__Host-clients-sign-in=", "__Host-clients="),
        (false, "clients-dev-sign-in=", "clients-dev="),
    ] {
        let (bank, provider) = bank(Trusting::default(), None, secure);
        let mut browser = Browser::new(&bank);
        let there = browser.get("/console/sign-in/provider").await;
        let cookie = there.headers[SET_COOKIE].to_str().unwrap().to_owned();
        assert!(cookie.starts_with(name) && cookie.contains("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"));
        assert_eq!(cookie.ends_with("; Secure"), secure);
        let page = sign_in(&mut browser, "checker").await;
        let set: Vec<_> =
            page.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(set.len(), 2, "{set:?}");
        assert!(set[0].starts_with(session) && set[1].starts_with(name) && set[1].contains("Max-Age=0"));
        // What redeems an answer belongs to the attempt, and the value of the cookie is nowhere else.
        let secrets = provider.secrets.lock().unwrap();
        assert_eq!(secrets[1], secrets[2]);
        assert_ne!(secrets[0], secrets[1]);
        let value = cookie[name.len()..].split(';').next().unwrap();
        for secrets in secrets.iter() {
            assert!(![&secrets.state, &secrets.nonce, &secrets.verifier].iter().any(|text| *text == value));
        }
    }
}

#[tokio::test]
async fn an_attempt_is_over_after_ten_minutes_and_its_code_is_redeemed_once() {
    let (bank, _) = bank(Trusting::default(), None, false);
    let mut browser = Browser::new(&bank);
    let callback = led_back(&mut browser, "/console/sign-in/provider", "checker").await;
    let attempt = browser.cookie.clone();
    bank.clock.advance(Duration::from_secs(9 * 60 + 59));
    let mut other = Browser { cookie: attempt.clone(), ..Browser::new(&bank) };
    let (one, two) = tokio::join!(browser.get(&callback), other.get(&callback));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::FORBIDDEN], "one of two answers");
    let mut late = Browser::new(&bank);
    let callback = led_back(&mut late, "/console/sign-in/provider", "checker").await;
    bank.clock.advance(Duration::from_mins(10));
    let page = late.get(&callback).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.words().contains("This sign-in is over") && late.cookie.is_none());
}

#[tokio::test]
async fn a_flood_from_one_address_keeps_no_one_else_out() {
    let (bank, provider) = bank(Trusting::default(), None, false);
    let mut flood = Vec::new();
    // Honest attempts, each with a code about which the provider answers late; all from the network of one subscriber.
    for n in 1..=64 {
        let mut browser = Browser::at(&bank, &format!("2001:db8::{n}"));
        let callback = led_back(&mut browser, "/console/sign-in/provider", SILENCE).await;
        flood.push(tokio::spawn(async move { browser.get(&callback).await.status }));
    }
    let redeeming = || provider.demanded.lock().unwrap().len();
    while redeeming() < 4 {
        tokio::task::yield_now().await;
    }
    for (n, address) in ["192.0.2.7", "2001:db8:0:100::1", "192.0.2.8"].iter().enumerate() {
        let mut browser = Browser::at(&bank, address);
        let signed_in = tokio::time::timeout(Duration::from_secs(1), sign_in(&mut browser, "checker")).await;
        assert_eq!(signed_in.unwrap().status, StatusCode::SEE_OTHER, "{address}");
        assert_eq!(redeeming(), 5 + n, "one address has four places");
    }
    // A forged callback takes no place at all.
    let mut forger = Browser::at(&bank, "2001:db8::1");
    let answer = forger.get("/console/sign-in/callback?code=silence&state=x").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    // What has no place is told so after a while, and its attempt can still be finished.
    let mut late = Browser::at(&bank, "2001:db8::2");
    let callback = led_back(&mut late, "/console/sign-in/provider", "checker").await;
    let refused = late.get(&callback).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    flood.iter().for_each(tokio::task::JoinHandle::abort);
    assert_eq!(late.get(&callback).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_cookie_of_the_browsers_own_making_gains_nothing() {
    let fresh = SignedDuration::from_mins(10);
    let (bank, provider) = bank(Trusting::default(), Some(fresh), false);
    *provider.proof.lock().unwrap() = Some(bank.now().parse().unwrap());
    let mut browser = Browser::new(&bank);
    sign_in(&mut browser, "checker").await;
    let made = |value: &str| {
        let digest = sha2::Sha256::digest(format!("state of {value}"));
        let state = digest.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        (
            format!("clients-dev-sign-in={value}"),
            format!("/console/sign-in/callback?code=second&state={state}"),
        )
    };
    let now: Timestamp = bank.now().parse().unwrap();
    let second = |more: i64| now.as_second() + more;
    for (value, expected) in [
        (format!("r.{}..%2Fconsole%2Fme", second(600)), Some("/console/me")),
        (format!("r.{}..", second(599)), Some("/console")),
        (format!("r.{}..%2Fapi", second(599)), None),
        (format!("r.{}..https%3A%2F%2Fevil.example%2Fconsole%2F", second(599)), None),
        (format!("r.{}..", second(0)), None),
        (format!("r.{}..", second(720)), Some("/console")),
        (format!("r.{}..", second(721)), None),
        (format!("r.{}.checker.", second(600)), None),
    ] {
        let (cookie, callback) = made(&value);
        let mut forger = Browser { cookie: Some(cookie), ..Browser::new(&bank) };
        let page = forger.get(&callback).await;
        assert_eq!(page.location().as_deref(), expected, "{value}");
        assert_eq!(page.status == StatusCode::SEE_OTHER, expected.is_some(), "{value}");
    }
    let demanded = provider.demanded.lock().unwrap();
    let ages: Vec<_> = demanded.iter().map(|demand| demand.max_age).collect();
    let absolute = Some(Lifetime::default().absolute);
    assert_eq!(
        ages,
        [absolute, absolute, absolute, absolute, Some(fresh)],
        "the provider has to say when the proof was given"
    );
}

#[tokio::test]
async fn another_site_cannot_end_an_attempt() {
    let (bank, _) = bank(Trusting::default(), None, false);
    let mut browser = Browser::new(&bank);
    let callback = led_back(&mut browser, "/console/sign-in/provider", "checker").await;
    let foreign = [
        "/console/sign-in/callback",
        "/console/sign-in/callback?error=access_denied",
        "/console/sign-in/callback?code=maker&state=x",
        "/console/sign-in/callback?code=maker&state=x&state=y",
    ];
    for path in foreign {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.headers.get(SET_COOKIE).is_none(), "{path}");
    }
    assert_eq!(browser.get(&callback).await.status, StatusCode::SEE_OTHER);
}
