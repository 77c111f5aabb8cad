use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use client_app::{Caller, Check, CheckName, CheckState, StandingCheck};

use super::claims::Validity;
use super::keys::VerificationKey;
use super::loaded::LoadedSource;
use super::token::Token;
use super::verified::{Verified, VerifiedTokens};
use super::{Clock, Expectations, KeySource, KeySourceError, Refused, claims};

/// After how many refreshes without success the age of the keys is worth a warning.
const LATE_AFTER: u32 = 3;

/// How often keys are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Between two looks at a file.
    pub files_every: Duration,
    /// Between two questions to an address.
    pub addresses_every: Duration,
    /// At least this long between two questions to an address because of a token with an unknown key id, which
    /// anybody can send.
    pub unknown_key_every: Duration,
    /// How old keys may be: after this long without reading their source, tokens are refused, because a key that the
    /// issuer has withdrawn would be accepted for ever.
    pub max_age: Duration,
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            files_every: Duration::from_secs(5),
            addresses_every: Duration::from_mins(5),
            unknown_key_every: Duration::from_secs(30),
            max_age: Duration::from_hours(24),
        }
    }
}

/// Turns a Bearer token into a caller.
pub struct TokenVerifier {
    sources: Vec<Arc<LoadedSource>>,
    expected: Expectations,
    clock: Clock,
    refresh: Refresh,
    verified: VerifiedTokens,
}

impl TokenVerifier {
    /// Reads every source; one that cannot be read, or holds no usable key, is an error.
    pub async fn load(
        sources: Vec<KeySource>,
        expected: Expectations,
        clock: Clock,
        refresh: Refresh,
    ) -> Result<Self, KeySourceError> {
        install_signatures();
        if let Some(secret) = sources.iter().find(|source| source.is_secret())
            && sources.len() > 1
        {
            return Err(secret.error("a secret is for development and cannot stand beside other keys"));
        }
        if sources.is_empty() {
            return Err(KeySourceError::new("authentication", "no source of keys is configured"));
        }
        let mut loaded = Vec::with_capacity(sources.len());
        for setting in sources {
            loaded.push(Arc::new(LoadedSource::load(setting).await?));
        }
        metrics::counter!("jwks_reload_failures_total").increment(0);
        Ok(Self { sources: loaded, expected, clock, refresh, verified: VerifiedTokens::new() })
    }

    /// The caller that `token` stands for.
    ///
    /// A token with a key id that nobody knows makes the addresses be asked once more, at most once per
    /// [`Refresh::unknown_key_every`], so that a new key of the issuer is accepted at once.
    ///
    /// A token that was verified before is not taken apart again. Whether its key is still the one to verify it by, and
    /// whether it may be used now, is asked each time.
    pub async fn verify(&self, token: &str) -> Result<Caller, Refused> {
        if let Some(known) = self.verified.get(token)
            && self.key_for(known.kid.as_deref()).is_some_and(|key| Arc::ptr_eq(&key, &known.key))
        {
            known.validity.check((self.clock)())?;
            return Ok(known.caller);
        }
        self.verify_anew(token).await
    }

    async fn verify_anew(&self, raw: &str) -> Result<Caller, Refused> {
        let token = Token::parse(raw)?;
        let mut key = self.key_for(token.kid.as_deref());
        if key.is_none() {
            self.ask_for_unknown_key().await;
            key = self.key_for(token.kid.as_deref());
        }
        let Some(key) = key else {
            let stale = self.age() > self.refresh.max_age;
            return Err(Refused::Invalid(if stale { "stale_keys" } else { "unknown_key" }));
        };
        if !key.is_for(&token.algorithm) {
            return Err(Refused::Invalid("algorithm"));
        }
        if !key.verifies(token.message.as_bytes(), token.signature) {
            return Err(Refused::Invalid("signature"));
        }
        let claims = token.claims()?;
        let validity = Validity::read(&claims, &self.expected)?;
        validity.check((self.clock)())?;
        let caller = claims::caller(&claims, &self.expected)?;
        self.verified.put(raw, Verified { key, kid: token.kid, validity, caller: caller.clone() });
        Ok(caller)
    }

    /// How often keys are to be read again.
    pub const fn refresh(&self) -> Refresh {
        self.refresh
    }

    /// Reads the files again; what cannot be read leaves the keys as they are.
    pub async fn reload_files(&self) {
        self.reload(false).await;
    }

    /// Asks the addresses again; what cannot be read leaves the keys as they are.
    pub async fn reload_addresses(&self) {
        self.reload(true).await;
    }

    async fn reload(&self, addresses: bool) {
        for source in self.sources.iter().filter(|source| source.is_address() == addresses) {
            source.reload().await;
        }
        self.note_age();
    }

    /// How long ago the source whose keys are oldest was last read; a secret has no age.
    fn age(&self) -> Duration {
        self.sources.iter().map(|source| source.age()).max().unwrap_or_default()
    }

    fn note_age(&self) {
        metrics::gauge!("jwks_age_seconds").set(self.age().as_secs_f64());
    }

    /// The key that a token with this key id must be verified by.
    ///
    /// A token without a key id is taken when there is no choice. A lone key without an id of its own (a PEM
    /// file, a secret) is no choice either, so it serves tokens with any key id.
    fn key_for(&self, kid: Option<&str>) -> Option<Arc<VerificationKey>> {
        let max_age = self.refresh.max_age;
        let fresh = self.sources.iter().filter(|source| source.age() <= max_age);
        let keys: Vec<_> = fresh.flat_map(|source| source.keys()).collect();
        let named = |key: &&Arc<VerificationKey>| kid.is_some() && key.kid.as_deref() == kid;
        match keys.as_slice() {
            [only] if kid.is_none() || only.kid.is_none() => Some(only.clone()),
            keys => keys.iter().find(named).cloned(),
        }
    }

    async fn ask_for_unknown_key(&self) {
        for source in self.sources.iter().filter(|source| source.is_address()) {
            let (source, every) = (source.clone(), self.refresh.unknown_key_every);
            // In a task of its own: a caller who hangs up must not use up the question without an answer.
            let asked = tokio::spawn(async move { source.reload_for_unknown_key(every).await });
            if asked.await.is_err() {
                tracing::error!("asking for an unknown key panicked");
            }
        }
    }
}

/// The check `keys`: it warns when keys are older than a few refreshes explain, and fails when they are too old.
impl StandingCheck for TokenVerifier {
    fn check(&self) -> Check {
        self.note_age();
        let age = self.age();
        let late = (self.refresh.addresses_every.max(self.refresh.files_every)).saturating_mul(LATE_AFTER);
        let seconds = age.as_secs();
        let state = if age > self.refresh.max_age {
            CheckState::Failed(format!(
                "The keys that verify tokens were last read {seconds} seconds ago: tokens are refused."
            ))
        } else if age > late {
            CheckState::Warning(format!("The keys that verify tokens were last read {seconds} seconds ago."))
        } else {
            CheckState::Ok
        };
        Check::new(CheckName::Keys, state)
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.sources.iter().flat_map(|source| source.keys()).collect();
        f.debug_struct("TokenVerifier")
            .field("keys", &keys)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

/// Chooses the signature library for the process, which `jsonwebtoken` would do itself only as long as no
/// other crate of the build turns on its second one.
pub(super) fn install_signatures() {
    // An error says that one is installed already: by an earlier call, or by the embedding program.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
