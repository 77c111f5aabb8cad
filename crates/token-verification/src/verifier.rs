//! From a token to its caller.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use client_app::{Caller, Check, CheckName, CheckState, StandingCheck};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::claims::{self, Expectations, Validity};
use crate::in_use::InUse;
use crate::keys::VerificationKey;
use crate::loaded::LoadedSource;
use crate::permission_claims::PermissionClaims;
use crate::refresh::Refresh;
use crate::refused::Refused;
use crate::source::{KeySource, KeySourceError};
use crate::token::{Token, TokenKind};
use crate::verified::Verified;
use crate::verified_claims::VerifiedClaims;

/// After how many failed refreshes the readiness check warns about the age of the keys.
const WARNING_AFTER_REFRESHES: u32 = 3;

/// Returns the time; the composition root passes the function of its clock adapter.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Verifies Bearer tokens.
///
/// ```
/// use std::sync::{Arc, PoisonError, RwLock};
///
/// use token_verification::{Clock, Expectations, KeySource, Refresh, Refused, TokenVerifier};
/// use jiff::Timestamp;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let clock: Clock = Arc::new(|| Timestamp::UNIX_EPOCH);
/// let source = KeySource::hs256_secret("SECRET", "32 bytes or more, 8 of them distinct");
/// let verifier = TokenVerifier::load(vec![source], Expectations::default(), clock, Refresh::default()).await?;
/// assert_eq!(verifier.verify("not.a.token").await, Err(Refused::Invalid("encoding")));
/// # Ok::<(), token_verification::KeySourceError>(())
/// # }).unwrap();
/// ```
pub struct TokenVerifier {
    in_use: RwLock<Arc<InUse>>,
    clock: Clock,
    refresh: Refresh,
    /// Whether it publishes the age of its keys: the metric is of one verifier.
    is_measured: bool,
}

/// A token that is verified, before its caller is read.
struct Signed {
    key: Arc<VerificationKey>,
    kid: Option<String>,
    validity: Validity,
    claims: Map<String, Value>,
}

impl TokenVerifier {
    /// Reads every source.
    ///
    /// # Errors
    ///
    /// There is no source, or one cannot be read or holds no usable key, or a secret is combined with other sources.
    pub async fn load(
        sources: Vec<KeySource>,
        expected: Expectations,
        clock: Clock,
        refresh: Refresh,
    ) -> Result<Self, KeySourceError> {
        install_signatures();
        KeySource::check_together(&sources)?;
        if sources.is_empty() {
            return Err(KeySourceError::new("authentication", "no source of keys is configured"));
        }
        let mut loaded = Vec::with_capacity(sources.len());
        for setting in sources {
            loaded.push(Arc::new(LoadedSource::load(setting).await?));
        }
        metrics::counter!("jwks_reload_failures_total").increment(0);
        let in_use = RwLock::new(Arc::new(InUse::new(loaded, expected)));
        Ok(Self { in_use, clock, refresh, is_measured: true })
    }

    /// Takes over the keys and the expectations of another verifier, for every token from now on.
    pub fn adopt(&self, other: &Self) {
        self.use_from_now_on(other.in_use());
    }

    /// Reads permissions from these claims, for every token from now on. The keys stay.
    pub fn adopt_permission_claims(&self, permissions: PermissionClaims) {
        let before = self.in_use();
        let expected = Expectations { permissions, ..before.expected.clone() };
        self.use_from_now_on(Arc::new(InUse::new(before.sources.clone(), expected)));
    }

    fn use_from_now_on(&self, other: Arc<InUse>) {
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) = other;
        self.record_age();
    }

    fn in_use(&self) -> Arc<InUse> {
        self.in_use.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does not publish the age of the keys as `jwks_age_seconds`, for a program with another verifier that does.
    #[must_use]
    pub fn without_metric(mut self) -> Self {
        self.is_measured = false;
        self
    }

    /// The caller of `token`.
    ///
    /// A token with an unknown key id causes a fetch from the addresses, at most once per [`Refresh::unknown_key_every`],
    /// so that a new key of the issuer is accepted immediately.
    ///
    /// A token that was verified before is not parsed again. Whether its key is still in use, and whether it may be used
    /// now, is checked each time.
    ///
    /// # Errors
    ///
    /// Why the token is not accepted.
    pub async fn verify(&self, token: &str) -> Result<Caller, Refused> {
        let in_use = self.in_use();
        if let Some(known) = in_use.verified.get(token)
            && self.key_for(&in_use, known.kid.as_deref()).is_some_and(|key| Arc::ptr_eq(&key, &known.key))
        {
            known.validity.check((self.clock)())?;
            return Ok(known.caller);
        }
        self.verify_uncached(&in_use, token).await
    }

    async fn verify_uncached(&self, in_use: &InUse, raw: &str) -> Result<Caller, Refused> {
        let signed = self.signed(in_use, raw, TokenKind::Access).await?;
        let caller = claims::caller(&signed.claims, &in_use.expected)?;
        let Signed { key, kid, validity, .. } = signed;
        in_use.verified.put(raw, Verified { key, kid, validity, caller: caller.clone() });
        Ok(caller)
    }

    /// The claims of a token of this kind, which is not cached.
    ///
    /// # Errors
    ///
    /// Why the token is not accepted.
    pub async fn verify_claims(&self, token: &str, kind: TokenKind) -> Result<VerifiedClaims, Refused> {
        self.signed(&self.in_use(), token, kind).await.map(|signed| VerifiedClaims::new(signed.claims))
    }

    /// The caller that these claims describe: as for a token of a caller with the same claims.
    ///
    /// # Errors
    ///
    /// The subject or the branch cannot be a caller's.
    pub fn caller_of(&self, claims: &VerifiedClaims) -> Result<Caller, Refused> {
        claims::caller(claims.all(), &self.in_use().expected)
    }

    /// A token whose signature, times, issuer and audience are verified.
    async fn signed(&self, in_use: &InUse, raw: &str, kind: TokenKind) -> Result<Signed, Refused> {
        let token = Token::parse(raw, kind)?;
        let mut key = self.key_for(in_use, token.kid.as_deref());
        if key.is_none() {
            self.fetch_unknown_key(in_use).await;
            key = self.key_for(in_use, token.kid.as_deref());
        }
        let Some(key) = key else {
            let stale = in_use.age() > self.refresh.max_age;
            return Err(Refused::Invalid(if stale { "stale_keys" } else { "unknown_key" }));
        };
        if !key.is_for(&token.algorithm) {
            return Err(Refused::Invalid("algorithm"));
        }
        if !key.verifies(token.message.as_bytes(), token.signature) {
            return Err(Refused::Invalid("signature"));
        }
        let claims = token.claims()?;
        let validity = Validity::read(&claims, &in_use.expected)?;
        validity.check((self.clock)())?;
        claims::check_addressing(&claims, &in_use.expected)?;
        Ok(Signed { key, kid: token.kid, validity, claims })
    }

    /// How often the composition root should call [`Self::reload_files`] and [`Self::reload_addresses`].
    pub const fn refresh(&self) -> Refresh {
        self.refresh
    }

    /// Reloads the files; the keys of a file that cannot be read stay in use.
    pub async fn reload_files(&self) {
        self.reload(false).await;
    }

    /// Reloads the addresses; the keys of an address that does not answer stay in use.
    pub async fn reload_addresses(&self) {
        self.reload(true).await;
    }

    async fn reload(&self, addresses: bool) {
        for source in self.in_use().sources.iter().filter(|source| source.is_address() == addresses) {
            source.reload().await;
        }
        self.record_age();
    }

    fn record_age(&self) {
        if self.is_measured {
            metrics::gauge!("jwks_age_seconds").set(self.in_use().age().as_secs_f64());
        }
    }

    /// The key that must verify a token with this key id.
    ///
    /// A token without a key id is accepted where there is only one key. An only key without an id (a PEM file, a secret)
    /// verifies tokens with any key id.
    fn key_for(&self, in_use: &InUse, kid: Option<&str>) -> Option<Arc<VerificationKey>> {
        let max_age = self.refresh.max_age;
        let fresh = in_use.sources.iter().filter(|source| source.age() <= max_age);
        let keys: Vec<_> = fresh.flat_map(|source| source.keys()).collect();
        let named = |key: &&Arc<VerificationKey>| kid.is_some() && key.kid.as_deref() == kid;
        match keys.as_slice() {
            [only] if kid.is_none() || only.kid.is_none() => Some(only.clone()),
            keys => keys.iter().find(named).cloned(),
        }
    }

    async fn fetch_unknown_key(&self, in_use: &InUse) {
        for source in in_use.sources.iter().filter(|source| source.is_address()) {
            let (source, every) = (source.clone(), self.refresh.unknown_key_every);
            // In another task: the fetch must not be cancelled when the caller hangs up.
            let reloaded = tokio::spawn(async move { source.reload_for_unknown_key(every).await });
            if reloaded.await.is_err() {
                tracing::error!("reload for an unknown key panicked");
            }
        }
    }
}

/// The check `keys`: it warns after several failed refreshes, and fails when the keys are too old.
impl StandingCheck for TokenVerifier {
    fn check(&self) -> Check {
        self.record_age();
        let age = self.in_use().age();
        let warning = (self.refresh.addresses_every.max(self.refresh.files_every))
            .saturating_mul(WARNING_AFTER_REFRESHES);
        let seconds = age.as_secs();
        let state = if age > self.refresh.max_age {
            CheckState::Failed(format!(
                "The keys that verify tokens were last read {seconds} seconds ago: tokens are refused."
            ))
        } else if age > warning {
            CheckState::Warning(format!("The keys that verify tokens were last read {seconds} seconds ago."))
        } else {
            CheckState::Ok
        };
        Check::new(CheckName::Keys, state)
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_use = self.in_use();
        let keys: Vec<_> = in_use.sources.iter().flat_map(|source| source.keys()).collect();
        f.debug_struct("TokenVerifier")
            .field("keys", &keys)
            .field("expected", &in_use.expected)
            .finish_non_exhaustive()
    }
}

/// Chooses the signature library for the process. `jsonwebtoken` does it itself only while no other crate of the build
/// enables its second one.
pub(crate) fn install_signatures() {
    // An error means that one is installed: by an earlier call, or by the embedding program.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
