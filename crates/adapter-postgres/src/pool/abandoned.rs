//! The list of connections that did not answer.

use std::sync::{Mutex, MutexGuard, PoisonError};

use concurrency::permits::Permit;
use tokio::sync::watch;

use crate::session::Backend;

/// Connections that were abandoned because a statement was not answered.
///
/// The server does not notice: its process goes on, or waits for a standby that is away, and counts as a connection until
/// it ends. So each keeps its permit until then, and the server never has more connections than the pool may open.
/// Nothing is cancelled: a commit whose wait for a standby is cancelled stays, and is not replicated.
#[derive(Default)]
pub(super) struct Abandoned {
    list: Mutex<Vec<(Backend, Permit)>>,
    /// Wakes the task that asks the server which of them have ended.
    added: watch::Sender<()>,
}

impl Abandoned {
    /// Keeps the permit until this process of the server has ended or is idle.
    pub(super) fn add(&self, backend: Backend, permit: Permit) {
        let mut list = self.lock();
        list.push((backend, permit));
        tracing::warn!(
            backend = backend.pid,
            abandoned = list.len(),
            "the database did not answer; the connection keeps its permit until the server has ended it"
        );
        drop(list);
        self.added.send_replace(());
    }

    /// Signals each addition, and ends when the list is dropped.
    pub(super) fn additions(&self) -> watch::Receiver<()> {
        self.added.subscribe()
    }

    /// The processes of the server.
    pub(super) fn pids(&self) -> Vec<i32> {
        self.lock().iter().map(|(backend, _)| backend.pid).collect()
    }

    /// Of the processes that the server was asked about, releases the permits of those that it no longer has at work.
    pub(super) fn retain(&self, asked: &[i32], at_work: &[Backend]) {
        self.lock().retain(|(backend, _)| !asked.contains(&backend.pid) || at_work.contains(backend));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Backend, Permit)>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
