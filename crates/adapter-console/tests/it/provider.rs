//! Signing in at an identity provider, as far as the console itself is concerned: attempts, cookies, another proof.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_console::{Lifetime, ProviderSignIn, SignIn};
use async_trait::async_trait;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use client_app::jiff::{SignedDuration, Timestamp};
use client_app::ports::{
    IdentityProvider, LogoutRefusal, ProviderSession, SignInAnswer, SignInDemand, SignInRefusal,
    SignInSecrets, SignedIn, VerifiedLogout,
};

use sha2::Digest as _;

use crate::bank::{Bank, caller};
use crate::browser::Browser;
use crate::page::Page;

/// A provider at which everybody is who the code says, once. It never answers about [`SILENCE`].
#[derive(Default)]
struct Trusting {
    /// When everybody has given a proof.
    proof: Mutex<Option<Timestamp>>,
    demands: Mutex<Vec<SignInDemand>>,
    /// The secrets of each attempt, and again when its answer is redeemed.
    secrets: Mutex<Vec<SignInSecrets>>,
    /// The codes that were redeemed, each with the state of its attempt.
    redeemed: Mutex<BTreeSet<(String, String)>>,
    /// What was demanded of each answer.
    demanded: Mutex<Vec<SignInDemand>>,
    has_end: bool,
}

/// A code about which the provider never answers.
const SILENCE: &str = "silence";

#[async_trait]
impl IdentityProvider for Trusting {
    fn sign_in_address(&self, secrets: &SignInSecrets, demand: SignInDemand) -> String {
        self.demands.lock().unwrap().push(demand);
        self.secrets.lock().unwrap().push(secrets.clone());
        format!("https://id.bank.example/sign-in?state={}", secrets.state)
    }

    async fn redeem(
        &self,
        answer: &SignInAnswer,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<SignedIn, SignInRefusal> {
        self.secrets.lock().unwrap().push(secrets.clone());
        self.demanded.lock().unwrap().push(demand);
        if answer.code == SILENCE {
            return pending().await;
        }
        if !self.redeemed.lock().unwrap().insert((answer.code.clone(), secrets.state.clone())) {
            return Err(SignInRefusal::Spent("invalid_grant"));
        }
        let session = ProviderSession::new("https://id.bank.example", &answer.code, None).unwrap();
        let authenticated_at = *self.proof.lock().unwrap();
        Ok(SignedIn { caller: caller(&answer.code), authenticated_at, session })
    }

    fn sign_out_address(&self) -> Option<String> {
        self.has_end.then(|| "https://id.bank.example/sign-out?client_id=a&x=%22".to_owned())
    }

    async fn verify_logout(&self, _: &str) -> Result<VerifiedLogout, LogoutRefusal> {
        Err(LogoutRefusal("marker"))
    }

    fn logout_done(&self, _: &VerifiedLogout) {}
}

fn bank(provider: Trusting, fresh: Option<SignedDuration>, secure: bool) -> (Bank, Arc<Trusting>) {
    let provider = Arc::new(provider);
    let sign_in = SignIn::Provider(ProviderSignIn { provider: provider.clone(), fresh });
    (Bank::with_sign_in(sign_in, secure, Lifetime::default()), provider)
}

/// The path to which the provider leads back, with this person.
async fn led_back(browser: &mut Browser, path: &str, person: &str) -> String {
    let there = browser.get(path).await;
    let there = there.location().unwrap();
    let (_, state) = there.split_once("state=").unwrap_or_else(|| panic!("{there}"));
    format!("/console/sign-in/callback?code={person}&state={state}")
}

async fn sign_in(browser: &mut Browser, person: &str) -> Page {
    let callback = led_back(browser, "/console/sign-in/provider", person).await;
    browser.get(&callback).await
}

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
    let forged = forger.get("/console/sign-in/callback?code=silence&state=x").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
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
        let state: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
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

#[tokio::test]
async fn there_is_no_development_page_and_no_other_person() {
    let (bank, _) = bank(Trusting::default(), None, false);
    let mut browser = Browser::new(&bank);
    let page = browser.get("/console/sign-in").await;
    assert!(page.text.contains("/console/sign-in/provider") && !page.words().contains("Development"));
    assert_eq!(browser.post("/console/sign-in/maker", &[]).await.status, StatusCode::NOT_FOUND);
    assert!(browser.cookie.is_none());
    // And the other way round.
    let development = Bank::open();
    let mut browser = Browser::new(&development);
    for path in ["/console/sign-in/provider", "/console/sign-in/callback?code=maker&state=x"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(browser.post("/console/back-channel-logout", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_proof_grows_old_while_a_person_works() {
    let fresh = SignedDuration::from_mins(10);
    let (bank, provider) = bank(Trusting::default(), Some(fresh), false);
    let client = bank.pending(1).await;
    let path = format!("/console/clients/{client}/do/reject");
    *provider.proof.lock().unwrap() = Some(bank.now().parse().unwrap());
    let mut browser = Browser::new(&bank);
    sign_in(&mut browser, "checker").await;
    assert_eq!(provider.demands.lock().unwrap()[0].max_age, Some(Lifetime::default().absolute));
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    let form = [("version", "1"), ("rejectionReason", "forged"), ("reasonCode", "FORGED"), ("step", "check")];
    let checked = browser.post(&path, &form).await.hidden("checked").unwrap();
    let key = "0123456789abcdef0123456789abcdef";
    let confirm = [&form[..3], &[("step", "confirm"), ("checked", &checked), ("key", key)]].concat();

    bank.clock.advance(Duration::from_mins(6));
    // A page and no redirect: the policy of the page that a form was on would forbid the browser to follow it.
    let led = browser.get(&path).await;
    assert_eq!(led.status, StatusCode::OK);
    let led = led.headers["refresh"].to_str().unwrap().strip_prefix("0; url=").unwrap().to_owned();
    assert!(led.starts_with("/console/sign-in/again?page=%2Fconsole%2Fclients"));
    bank.clock.advance(Duration::from_mins(5));
    let refused = browser.post(&path, &confirm).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.words().contains("A decision needs a proof") && refused.text.contains("again?page="));
    assert_eq!(browser.get(&format!("/console/clients/{client}")).await.status, StatusCode::OK);

    for step in ["check", "confirm"] {
        let form = [("pick", format!("{client}:1")), ("step", step.to_owned()), ("key", key.to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let refused = browser.post("/console/queue/approve", &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{step} of several");
        assert!(refused.text.contains("again?page=%2Fconsole%2Fqueue"));
    }

    *provider.proof.lock().unwrap() = Some(bank.now().parse().unwrap());
    let session = browser.cookie.clone().unwrap();
    let callback = led_back(&mut browser, &led, "checker").await;
    assert_eq!(
        *provider.demands.lock().unwrap().last().unwrap(),
        SignInDemand { max_age: Some(fresh), anew: true }
    );
    assert!(browser.cookie.as_ref().unwrap().contains(&session), "the session goes on meanwhile");
    assert_eq!(browser.get(&callback).await.location(), Some(path.clone()));
    assert!(!browser.cookie.as_ref().unwrap().contains(&session), "it is another one");
    browser.get("/console/me").await;
    assert_eq!(browser.post(&path, &confirm).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_person_is_led_to_the_sign_out_of_the_provider_if_it_has_one() {
    for has_end in [true, false] {
        let (bank, _) = bank(Trusting { has_end, ..Trusting::default() }, None, false);
        for path in ["/console/sign-out", "/console/sign-out-everywhere"] {
            let mut browser = Browser::new(&bank);
            sign_in(&mut browser, "checker").await;
            browser.get("/console/me").await;
            let page = browser.post(path, &[]).await;
            assert!(browser.cookie.is_none());
            if has_end {
                assert_eq!(
                    page.headers["refresh"],
                    "0; url=https://id.bank.example/sign-out?client_id=a&x=%22"
                );
                assert!(page.words().contains("You are signed out of this console"));
            } else {
                assert_eq!(page.location(), Some("/console/sign-in".to_owned()));
            }
        }
    }
}
