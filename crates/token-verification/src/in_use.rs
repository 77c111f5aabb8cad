//! What tokens are verified with.

use std::sync::Arc;
use std::time::Duration;

use crate::claims::Expectations;
use crate::loaded::LoadedSource;
use crate::verified::VerifiedTokens;

/// What tokens are verified with; another one takes its place as a whole.
pub(crate) struct InUse {
    pub(crate) sources: Vec<Arc<LoadedSource>>,
    pub(crate) expected: Expectations,
    /// The tokens that were verified with it: another one may refuse them.
    pub(crate) verified: VerifiedTokens,
}

impl InUse {
    pub(crate) fn new(sources: Vec<Arc<LoadedSource>>, expected: Expectations) -> Self {
        Self { sources, expected, verified: VerifiedTokens::new() }
    }

    /// The age of the oldest keys; a secret has no age.
    pub(crate) fn age(&self) -> Duration {
        self.sources.iter().map(|source| source.age()).max().unwrap_or_default()
    }
}
