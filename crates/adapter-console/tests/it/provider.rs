//! Signing in at an identity provider, as far as the console itself is concerned: another proof, sign-out, and a provider that is away.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_console::{Lifetime, ProviderSignIn, SignIn};
use async_trait::async_trait;
use axum::http::StatusCode;
use client_app::jiff::{SignedDuration, Timestamp};
use client_app::ports::{
    IdentityProvider, LogoutRefusal, ProviderSession, SignInAnswer, SignInDemand, SignInRefusal,
    SignInSecrets, SignedIn, VerifiedLogout,
};

use crate::bank::{Bank, caller};
use crate::browser::Browser;
use crate::page::Page;

/// A provider at which a code names the person, once. It never answers about [`SILENCE`].
#[derive(Default)]
pub(crate) struct Trusting {
    /// When each person has given a proof.
    pub(crate) proof: Mutex<Option<Timestamp>>,
    demands: Mutex<Vec<SignInDemand>>,
    /// The secrets of each attempt, and again when its answer is redeemed.
    pub(crate) secrets: Mutex<Vec<SignInSecrets>>,
    /// The codes that were redeemed, each with the state of its attempt.
    redeemed: Mutex<BTreeSet<(String, String)>>,
    /// What was demanded of each answer.
    pub(crate) demanded: Mutex<Vec<SignInDemand>>,
    has_end: bool,
    is_away: bool,
}

/// A code about which the provider never answers.
pub(crate) const SILENCE: &str = "silence";

#[async_trait]
impl IdentityProvider for Trusting {
    fn is_reached(&self) -> bool {
        !self.is_away
    }

    fn sign_in_address(
        &self,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<String, SignInRefusal> {
        if self.is_away {
            return Err(SignInRefusal::Unavailable("not_reached"));
        }
        self.demands.lock().unwrap().push(demand);
        self.secrets.lock().unwrap().push(secrets.clone());
        Ok(format!("https://id.bank.example/sign-in?state={}", secrets.state))
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

pub(crate) fn bank(provider: Trusting, fresh: Option<SignedDuration>, secure: bool) -> (Bank, Arc<Trusting>) {
    let provider = Arc::new(provider);
    let sign_in = SignIn::Provider(ProviderSignIn { provider: provider.clone(), fresh });
    (Bank::with_sign_in(sign_in, secure, Lifetime::default()), provider)
}

/// The path to which the provider leads back, with this person.
pub(crate) async fn led_back(browser: &mut Browser, path: &str, person: &str) -> String {
    let there = browser.get(path).await;
    let there = there.location().unwrap();
    let (_, state) = there.split_once("state=").unwrap_or_else(|| panic!("{there}"));
    format!("/console/sign-in/callback?code={person}&state={state}")
}

pub(crate) async fn sign_in(browser: &mut Browser, person: &str) -> Page {
    let callback = led_back(browser, "/console/sign-in/provider", person).await;
    browser.get(&callback).await
}

#[tokio::test]
async fn a_person_is_told_that_the_provider_cannot_be_reached() {
    for is_away in [true, false] {
        let (bank, _) = bank(Trusting { is_away, ..Trusting::default() }, None, false);
        let mut browser = Browser::new(&bank);
        let page = browser.get("/console/sign-in").await;
        assert_eq!(page.words().contains("cannot be reached now"), is_away, "{}", page.words());
        let led = browser.get("/console/sign-in/provider").await;
        assert_eq!((led.location().is_none(), browser.cookie.is_none()), (is_away, is_away));
        if is_away {
            assert_eq!(led.status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(led.words().contains("gives no answer that can be used"), "{}", led.words());
        }
    }
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

#[tokio::test]
async fn a_sign_in_at_the_provider_leads_back_to_the_page_that_was_asked_for() {
    let (bank, _) = bank(Trusting::default(), None, false);
    let mut browser = Browser::new(&bank);
    let asked = "/console/queue?kind=Document&mine=hide";
    let address = browser.get(asked).await.location().unwrap();
    let page = browser.get(&address).await;
    let link = page.addresses().into_iter().find(|link| link.starts_with("/console/sign-in/provider"));
    let callback = led_back(&mut browser, &link.unwrap(), "maker").await;
    assert_eq!(browser.get(&callback).await.location().as_deref(), Some(asked));
}
