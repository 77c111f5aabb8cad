//! The identity provider behind an issuer.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use client_app::ports::{
    IdentityProvider, LogoutRefusal, SignInAnswer, SignInDemand, SignInRefusal, SignInSecrets, SignedIn,
    VerifiedLogout,
};
use token_verification::{Clock, PermissionClaims, Refresh};
use tokio::sync::MutexGuard;

use crate::discovered::Discovered;
use crate::metadata::{Metadata, ProviderError};
use crate::registration::Registration;
use crate::seen_tokens::SeenTokens;
use crate::{addresses, id_token, logout_token};

/// How often the provider is asked at most because an answer did not fit what it had said before.
const ASKED_AGAIN_EVERY: Duration = Duration::from_secs(30);

/// The identity provider behind an issuer. Its discovery document and keys are refreshed; until they were read once, every
/// sign-in is refused.
pub struct OpenIdProvider {
    registration: Registration,
    clock: Clock,
    seen: SeenTokens,
    known: RwLock<Known>,
    /// One refresh at a time, so that an older answer does not replace a newer one; and when it was last asked because an answer
    /// did not fit.
    asking: tokio::sync::Mutex<Option<Instant>>,
}

/// What is known of the provider now.
struct Known {
    permissions: PermissionClaims,
    discovered: Option<Arc<Discovered>>,
    /// Whether it answered when it was last asked.
    is_reached: bool,
}

impl OpenIdProvider {
    /// The provider with this registration, which is not asked yet.
    ///
    /// # Errors
    ///
    /// The issuer is no address that can be asked.
    pub fn new(registration: Registration, clock: Clock) -> Result<Self, ProviderError> {
        Metadata::address(&registration.issuer)?;
        let permissions = registration.permissions.clone();
        let known = RwLock::new(Known { permissions, discovered: None, is_reached: false });
        Ok(Self {
            registration,
            clock,
            seen: SeenTokens::default(),
            known,
            asking: tokio::sync::Mutex::default(),
        })
    }

    /// Asks the issuer for its endpoints and keys. After an error what it has said before stays in use.
    ///
    /// # Errors
    ///
    /// It [is away](ProviderError::is_away), names another issuer, or cannot do what is needed.
    pub async fn refresh(&self) -> Result<(), ProviderError> {
        let asking = self.asking.lock().await;
        self.refresh_alone(&asking).await
    }

    async fn refresh_alone(&self, _: &MutexGuard<'_, Option<Instant>>) -> Result<(), ProviderError> {
        let (permissions, before) = {
            let known = self.read();
            (known.permissions.clone(), known.discovered.clone())
        };
        let asked = Discovered::ask(&self.registration, permissions, &self.clock, before).await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.is_reached = asked.is_ok();
        let discovered = asked?;
        // They may have changed while the provider was asked.
        discovered.verifier.adopt_permission_claims(known.permissions.clone());
        known.discovered = Some(discovered);
        Ok(())
    }

    /// How often the composition root calls [`Self::refresh`].
    pub fn refresh_every() -> Duration {
        Refresh::default().addresses_every
    }

    /// Reads permissions from these claims from now on.
    pub fn adopt_permission_claims(&self, permissions: PermissionClaims) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(discovered) = &known.discovered {
            discovered.verifier.adopt_permission_claims(permissions.clone());
        }
        known.permissions = permissions;
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the provider has said of itself.
    fn discovered(&self) -> Result<Arc<Discovered>, SignInRefusal> {
        self.read().discovered.clone().ok_or(SignInRefusal::Unavailable("not_reached"))
    }

    /// Asks the provider again because an answer did not fit, which every caller can cause, so only once in a while; callers that
    /// come meanwhile wait for the one that asks. What it says now.
    async fn asked_again(&self) -> Option<Arc<Discovered>> {
        let mut asking = self.asking.lock().await;
        if asking.is_none_or(|at| at.elapsed() >= ASKED_AGAIN_EVERY) {
            *asking = Some(Instant::now());
            self.refresh_alone(&asking).await.ok()?;
        }
        self.discovered().ok()
    }

    /// Whether an answer is of this provider and not of another one that the browser was led to (RFC 9207).
    fn is_own(&self, answer: &SignInAnswer, discovered: &Discovered) -> bool {
        match &answer.issuer {
            Some(issuer) => *issuer == self.registration.issuer,
            None => !discovered.metadata.names_itself,
        }
    }
}

#[async_trait]
impl IdentityProvider for OpenIdProvider {
    fn is_reached(&self) -> bool {
        self.read().is_reached
    }

    fn sign_in_address(
        &self,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<String, SignInRefusal> {
        let discovered = self.discovered()?;
        Ok(addresses::sign_in(&discovered.metadata.authorization, &self.registration, secrets, demand))
    }

    async fn redeem(
        &self,
        answer: &SignInAnswer,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<SignedIn, SignInRefusal> {
        let mut discovered = self.discovered()?;
        if !self.is_own(answer, &discovered) {
            return Err(SignInRefusal::Unproven("another_issuer"));
        }
        let redeemed = discovered.code.redeem(&self.registration, &answer.code, &secrets.verifier).await;
        let token = match redeemed {
            Ok(token) => token,
            // The endpoint may be another one by now. If it was the same, the provider refuses a code that it has redeemed.
            Err(refusal @ SignInRefusal::Unavailable(_)) => {
                let newer = self.asked_again().await.filter(|newer| !Arc::ptr_eq(newer, &discovered));
                discovered = newer.ok_or(refusal)?;
                discovered.code.redeem(&self.registration, &answer.code, &secrets.verifier).await?
            }
            Err(refusal) => return Err(refusal),
        };
        let person = async |discovered: &Discovered| {
            let (now, nonce) = ((self.clock)(), &secrets.nonce);
            id_token::person(&discovered.verifier, &self.registration, &token, nonce, demand, now).await
        };
        let mut found = person(&discovered).await;
        // The verifier reads new keys at the same address, once in a while; the address may be another one by now.
        if found == Err(SignInRefusal::Unproven("unknown_key"))
            && let Some(newer) = self.asked_again().await
        {
            found = person(&newer).await;
        }
        if found.is_ok() {
            self.known.write().unwrap_or_else(PoisonError::into_inner).is_reached = true;
        }
        found
    }

    fn sign_out_address(&self) -> Option<String> {
        let discovered = self.discovered().ok()?;
        let endpoint = discovered.metadata.end_session.as_ref()?;
        Some(addresses::sign_out(endpoint, &self.registration))
    }

    async fn verify_logout(&self, token: &str) -> Result<VerifiedLogout, LogoutRefusal> {
        let discovered = self.discovered().map_err(|_| LogoutRefusal("not_reached"))?;
        let ended = async |discovered: &Discovered| {
            let now = (self.clock)();
            logout_token::ended(&discovered.verifier, &self.seen, &self.registration.issuer, token, now).await
        };
        let found = ended(&discovered).await;
        if matches!(found, Err(LogoutRefusal("unknown_key")))
            && let Some(newer) = self.asked_again().await
        {
            return ended(&newer).await;
        }
        found
    }

    fn logout_done(&self, logout: &VerifiedLogout) {
        logout_token::remember(&self.seen, logout, (self.clock)());
    }
}

impl fmt::Debug for OpenIdProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenIdProvider").field("registration", &self.registration).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Mutex;

    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    /// What a provider answers to a path.
    type Answers = Arc<Mutex<Box<dyn Fn(&str) -> (u16, String) + Send>>>;

    /// A provider whose answers the test sets, at an address at which it is away at first.
    struct Provider {
        address: String,
        answers: Answers,
    }

    impl Provider {
        fn away() -> Self {
            // The port is free again.
            let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
            Self { address, answers: Arc::new(Mutex::new(Box::new(|_| (500, String::new())))) }
        }

        fn issuer(&self) -> String {
            format!("http://{}", self.address)
        }

        fn comes(&self) {
            let (listener, answers) = (TcpListener::bind(&self.address).unwrap(), self.answers.clone());
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    let mut request = [0; 4096];
                    let length = stream.read(&mut request).unwrap();
                    let request = String::from_utf8_lossy(&request[..length]).into_owned();
                    let (status, body) = answers.lock().unwrap()(request.split(' ').nth(1).unwrap());
                    let head =
                        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close", body.len());
                    let _gone = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes());
                }
            });
        }

        /// From now on its keys and its endpoint for codes are at this place and nowhere else, and it names this issuer. The
        /// endpoint refuses every code.
        fn says(&self, place: &'static str, issuer: &str) {
            let home = self.issuer();
            let document = json!({
                "issuer": issuer, "authorization_endpoint": format!("{home}{place}/authorize"),
                "token_endpoint": format!("{home}{place}/token"), "jwks_uri": format!("{home}{place}/keys"),
            });
            let keys = json!({ "keys": [{
                "kty": "OKP", "crv": "Ed25519", "kid": "one", "use": "sig", "alg": "EdDSA",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            }] });
            *self.answers.lock().unwrap() = Box::new(move |path| match path.strip_prefix(place) {
                _ if path == "/.well-known/openid-configuration" => (200, document.to_string()),
                Some("/keys") => (200, keys.to_string()),
                Some("/token") => (400, json!({ "error": "invalid_grant" }).to_string()),
                _ => (404, String::new()),
            });
        }
    }

    fn at(issuer: String) -> OpenIdProvider {
        let registration = Registration {
            issuer,
            client_id: "the console".to_owned(),
            client_secret: None,
            scopes: "openid".to_owned(),
            signed_in: "https://clients.bank.example/console/sign-in/callback".to_owned(),
            signed_out: "https://clients.bank.example/console/sign-in".to_owned(),
            permissions: PermissionClaims::default(),
            max_lifetime: None,
        };
        OpenIdProvider::new(registration, Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap()
    }

    fn secrets() -> SignInSecrets {
        SignInSecrets { state: "s".repeat(64), nonce: "n".repeat(64), verifier: "v".repeat(64) }
    }

    /// Where a browser is led.
    fn led(known: &OpenIdProvider) -> Result<String, SignInRefusal> {
        let address = known.sign_in_address(&secrets(), SignInDemand::default());
        address.map(|address| address.split('?').next().unwrap_or_default().to_owned())
    }

    async fn redeemed(known: &OpenIdProvider) -> SignInRefusal {
        let answer = SignInAnswer { code: "c".to_owned(), issuer: None };
        known.redeem(&answer, &secrets(), SignInDemand::default()).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_provider_that_was_away_is_known_as_soon_as_it_answers() {
        let provider = Provider::away();
        let known = at(provider.issuer());
        let away = SignInRefusal::Unavailable("not_reached");
        let error = known.refresh().await.unwrap_err();
        assert!(error.is_away() && !known.is_reached(), "{error}");
        assert_eq!((led(&known), redeemed(&known).await), (Err(away), away));
        assert_eq!(known.verify_logout("x").await, Err(LogoutRefusal("not_reached")));
        provider.comes();
        assert!(known.refresh().await.unwrap_err().is_away(), "an error is no answer");
        provider.says("/first", &provider.issuer());
        known.refresh().await.unwrap();
        assert!(known.is_reached());
        assert_eq!(led(&known), Ok(format!("{}/first/authorize", provider.issuer())));
        assert_eq!(redeemed(&known).await, SignInRefusal::Spent("invalid_grant"));
    }

    #[tokio::test]
    async fn what_a_provider_says_later_is_taken_over_as_a_whole_or_not_at_all() {
        let provider = Provider::away();
        provider.comes();
        provider.says("/first", &provider.issuer());
        let known = at(provider.issuer());
        known.refresh().await.unwrap();
        // Another issuer, or another provider in its place.
        provider.says("/evil", "https://id.evil.example");
        let error = known.refresh().await.unwrap_err();
        assert!(!error.is_away() && !known.is_reached(), "{error}");
        assert_eq!(led(&known), Ok(format!("{}/first/authorize", provider.issuer())));
        // An endpoint that has moved is found by the sign-in that meets it, and then the same code is tried there.
        provider.says("/second", &provider.issuer());
        assert_eq!(redeemed(&known).await, SignInRefusal::Spent("invalid_grant"));
        assert_eq!(led(&known), Ok(format!("{}/second/authorize", provider.issuer())));
        // Every caller can cause that, so it is not asked once more at once.
        provider.says("/third", &provider.issuer());
        assert_eq!(redeemed(&known).await, SignInRefusal::Unavailable("status"));
        assert_eq!(led(&known), Ok(format!("{}/second/authorize", provider.issuer())));
        known.refresh().await.unwrap();
        assert_eq!(redeemed(&known).await, SignInRefusal::Spent("invalid_grant"));
    }
}
