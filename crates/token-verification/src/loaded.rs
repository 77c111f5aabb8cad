//! A key source with its current keys, which is reloaded.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use crate::keys::VerificationKey;
use crate::source::{KeySource, KeySourceError, Reader};

/// A key source that was read at least once.
pub(crate) struct LoadedSource {
    setting: KeySource,
    reader: Reader,
    keys: RwLock<Keys>,
    /// The last document or error, so that an unchanged document is not parsed again and the same error not logged again.
    last: Mutex<Result<Vec<u8>, String>>,
    /// Held during a read: one read at a time, so that a slow response with older keys cannot replace newer keys.
    reading: tokio::sync::Mutex<()>,
    reloaded_for_unknown_key: tokio::sync::Mutex<Option<Instant>>,
}

struct Keys {
    keys: Vec<Arc<VerificationKey>>,
    /// When the source was last read with these keys.
    confirmed: Instant,
}

impl LoadedSource {
    pub(crate) async fn load(setting: KeySource) -> Result<Self, KeySourceError> {
        let reader = setting.open()?;
        let document = reader.read().await.map_err(|problem| setting.error(problem))?;
        let keys = reader.parse(&document).map_err(|problem| setting.error(problem))?;
        Ok(Self {
            setting,
            reader,
            keys: RwLock::new(Keys {
                keys: keys.into_iter().map(Arc::new).collect(),
                confirmed: Instant::now(),
            }),
            last: Mutex::new(Ok(document)),
            reading: tokio::sync::Mutex::new(()),
            reloaded_for_unknown_key: tokio::sync::Mutex::new(None),
        })
    }

    pub(crate) fn keys(&self) -> Vec<Arc<VerificationKey>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// How long ago the keys were last read. A secret is not reloaded and has no age.
    pub(crate) fn age(&self) -> Duration {
        match self.reader {
            Reader::Secret(_) => Duration::ZERO,
            Reader::File { .. } | Reader::Address(_) => {
                self.keys.read().unwrap_or_else(PoisonError::into_inner).confirmed.elapsed()
            }
        }
    }

    pub(crate) const fn is_address(&self) -> bool {
        matches!(self.reader, Reader::Address(_))
    }

    /// Reloads the source. If that fails, the old keys stay in use and their age grows.
    pub(crate) async fn reload(&self) {
        let _reading = self.reading.lock().await;
        let begun = Instant::now();
        let read = self.reader.read().await;
        let unchanged = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            let unchanged = *last == read;
            last.clone_from(&read);
            unchanged
        };
        let parsed = read.and_then(|document| self.reader.parse(&document));
        match parsed {
            Ok(_) if unchanged => self.keys.write().unwrap_or_else(PoisonError::into_inner).confirmed = begun,
            Ok(keys) => {
                tracing::info!(source = ?self.setting, count = keys.len(), "keys reloaded");
                let keys = keys.into_iter().map(Arc::new).collect();
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys { keys, confirmed: begun };
            }
            Err(problem) => {
                metrics::counter!("jwks_reload_failures_total").increment(1);
                if !unchanged {
                    let problem = self.setting.error(problem);
                    tracing::warn!(%problem, "keys not reloaded; the old keys stay in use");
                }
            }
        }
    }

    /// Reloads at most once per `every`. Callers that arrive during a reload wait for it and then find the key.
    pub(crate) async fn reload_for_unknown_key(&self, every: Duration) {
        let mut last = self.reloaded_for_unknown_key.lock().await;
        if last.is_none_or(|at| at.elapsed() >= every) {
            *last = Some(Instant::now());
            self.reload().await;
        }
    }
}
