//! After which client the next relay begins.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use client_app::ports::ReceiverName;

/// After which client the next relay of each receiver begins, so that no client is always last.
#[derive(Debug, Default)]
pub(crate) struct RelayRound(Mutex<BTreeMap<ReceiverName, String>>);

impl RelayRound {
    pub(crate) fn begins_after(&self, receiver: &ReceiverName) -> String {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(receiver).cloned().unwrap_or_default()
    }

    pub(crate) fn ended_at(&self, receiver: &ReceiverName, client: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(receiver.clone(), client);
    }
}
