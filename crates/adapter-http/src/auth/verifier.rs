use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use client_app::Caller;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::claims::Validity;
use super::keys::VerificationKey;
use super::source::Reader;
use super::token::Token;
use super::verified::{Verified, VerifiedTokens};
use super::{Clock, Expectations, KeySource, KeySourceError, Refused, claims};

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
}

impl Default for Refresh {
    fn default() -> Self {
        Self {
            files_every: Duration::from_secs(5),
            addresses_every: Duration::from_mins(5),
            unknown_key_every: Duration::from_secs(30),
        }
    }
}

/// Turns a Bearer token into a caller.
pub struct TokenVerifier {
    sources: Vec<Arc<Source>>,
    expected: Expectations,
    clock: Clock,
    refresh: Refresh,
    verified: VerifiedTokens,
}

struct Source {
    setting: KeySource,
    reader: Reader,
    keys: RwLock<Vec<Arc<VerificationKey>>>,
    /// What was last read, so that an unchanged document is not parsed, and a broken one not told, again.
    last: Mutex<Result<Vec<u8>, String>>,
    asked_for_unknown_key: tokio::sync::Mutex<Option<Instant>>,
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
            loaded.push(Arc::new(Source::load(setting).await?));
        }
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
        let key = key.ok_or(Refused::Invalid("unknown_key"))?;
        if token.algorithm != key.algorithm() {
            return Err(Refused::Invalid("algorithm"));
        }
        if !key.verifies(token.message.as_bytes(), token.signature) {
            return Err(Refused::Invalid("signature"));
        }
        let claims = token.claims()?;
        let validity = Validity::read(&claims)?;
        validity.check((self.clock)())?;
        let caller = claims::caller(&claims, &self.expected)?;
        self.verified.put(raw, Verified { key, kid: token.kid, validity, caller: caller.clone() });
        Ok(caller)
    }

    /// Keeps the keys fresh until `shutdown`.
    pub async fn keep_fresh(&self, shutdown: CancellationToken) {
        let mut files = ticks(self.refresh.files_every);
        let mut addresses = ticks(self.refresh.addresses_every);
        let refresh = async {
            loop {
                let addresses_now = tokio::select! {
                    _ = files.tick() => false,
                    _ = addresses.tick() => true,
                };
                for source in self.sources.iter().filter(|source| source.is_address() == addresses_now) {
                    source.reload().await;
                }
            }
        };
        shutdown.run_until_cancelled(refresh).await;
    }

    /// The key that a token with this key id must be verified by.
    ///
    /// A token without a key id is taken when there is no choice. A lone key without an id of its own (a PEM
    /// file, a secret) is no choice either, so it serves tokens with any key id.
    fn key_for(&self, kid: Option<&str>) -> Option<Arc<VerificationKey>> {
        let keys: Vec<_> = self.sources.iter().flat_map(|source| source.keys()).collect();
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

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.sources.iter().flat_map(|source| source.keys()).collect();
        f.debug_struct("TokenVerifier")
            .field("keys", &keys)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

impl Source {
    async fn load(setting: KeySource) -> Result<Self, KeySourceError> {
        let reader = setting.open()?;
        let document = reader.read().await.map_err(|problem| setting.error(problem))?;
        let keys = reader.parse(&document).map_err(|problem| setting.error(problem))?;
        Ok(Self {
            setting,
            reader,
            keys: RwLock::new(keys.into_iter().map(Arc::new).collect()),
            last: Mutex::new(Ok(document)),
            asked_for_unknown_key: tokio::sync::Mutex::new(None),
        })
    }

    fn keys(&self) -> Vec<Arc<VerificationKey>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    const fn is_address(&self) -> bool {
        matches!(self.reader, Reader::Address(_))
    }

    /// Reads the source again; where that fails, the keys stay as they are.
    async fn reload(&self) {
        let read = self.reader.read().await;
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if *last == read {
                return;
            }
            last.clone_from(&read);
        }
        match read.and_then(|document| self.reader.parse(&document)) {
            Ok(keys) => {
                tracing::info!(source = ?self.setting, count = keys.len(), "keys loaded again");
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) =
                    keys.into_iter().map(Arc::new).collect();
            }
            Err(problem) => {
                let problem = self.setting.error(problem);
                tracing::warn!(%problem, "keys not loaded again; the old ones stay in use");
            }
        }
    }

    /// Whoever comes while the question is under way waits for its answer and then finds the key.
    async fn reload_for_unknown_key(&self, every: Duration) {
        let mut asked = self.asked_for_unknown_key.lock().await;
        if asked.is_none_or(|at| at.elapsed() >= every) {
            *asked = Some(Instant::now());
            self.reload().await;
        }
    }
}

/// Ticks from one period on, without catching up after a slow answer.
fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Chooses the signature library for the process, which `jsonwebtoken` would do itself only as long as no
/// other crate of the build turns on its second one.
pub(super) fn install_signatures() {
    // An error says that one is installed already: by an earlier call, or by the embedding program.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}
