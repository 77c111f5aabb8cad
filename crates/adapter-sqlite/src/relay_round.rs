//! After which client the next relay begins.

use std::sync::{Mutex, PoisonError};

/// After which client the next relay begins, so that no client is always last.
#[derive(Debug, Default)]
pub(crate) struct RelayRound(Mutex<String>);

impl RelayRound {
    pub(crate) fn begins_after(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn ended_at(&self, client: &str) {
        client.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
