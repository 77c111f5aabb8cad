use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use crate::lock;

/// How an operation of the store is to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A commit answers [`Committed::Stale`](client_app::ports::Committed::Stale) and writes nothing, as if
    /// somebody had been faster. Other operations have no such answer and go well.
    Stale,
    /// The answer is [`StoreError::Unavailable`](client_app::ports::StoreError::Unavailable); nothing is done.
    Unavailable,
    /// The answer is [`StoreError::TimedOut`](client_app::ports::StoreError::TimedOut); nothing was done.
    TimedOutBefore,
    /// The answer is [`StoreError::TimedOut`](client_app::ports::StoreError::TimedOut), and yet it was done:
    /// the caller cannot tell this from [`Fault::TimedOutBefore`].
    TimedOutAfter,
    /// It goes well, after so long. A commit does even if the caller stops waiting.
    Slow(Duration),
}

/// The script by which a [`MemoryStore`](crate::MemoryStore) fails; got from
/// [`MemoryStore::faults`](crate::MemoryStore::faults), and a clone is the same script.
///
/// For each kind of operation there is a queue of faults that happen once each, first come first served, and a
/// fault that happens every time until [`Faults::clear`], once the queue is empty.
///
/// ```
/// use adapter_inmem::{Fault, MemoryStore};
/// use client_app::ports::{Changeset, ClientRef, ClientStore, Committed, StoreError};
/// use client_domain::value::ClientId;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new();
///
/// store.faults().next_commit(Fault::Stale);
/// assert_eq!(store.commit(Changeset::default()).await?, Committed::Stale);
/// assert_eq!(store.commit(Changeset::default()).await?, Committed::Done, "once is once");
///
/// store.faults().reads(Fault::Unavailable);
/// for _ in 0..3 {
///     let read = store.find(&ClientRef::Id(ClientId::new(1)?)).await;
///     assert!(matches!(read, Err(StoreError::Unavailable(_))));
/// }
///
/// store.faults().clear();
/// assert!(store.find(&ClientRef::Id(ClientId::new(1)?)).await?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<[Script; Operation::COUNT]>>, Arc<Mutex<Option<Timestamp>>>);

/// What goes wrong with one kind of operation.
#[derive(Debug, Default)]
struct Script {
    once: VecDeque<Fault>,
    always: Option<Fault>,
}

/// The kinds of operations that fail separately.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Commit,
    Read,
    ReserveId,
    Ready,
    Outbox,
    Contents,
    Ledger,
}

impl Operation {
    const COUNT: usize = Self::Ledger as usize + 1;
}

impl Faults {
    /// The next commit fails so; called several times, the next few do, one after the other.
    pub fn next_commit(&self, fault: Fault) {
        self.script(Operation::Commit, |script| script.once.push_back(fault));
    }

    /// Every commit fails so.
    pub fn commits(&self, fault: Fault) {
        self.script(Operation::Commit, |script| script.always = Some(fault));
    }

    /// The next read of clients, claims, outcomes or history fails so.
    pub fn next_read(&self, fault: Fault) {
        self.script(Operation::Read, |script| script.once.push_back(fault));
    }

    /// Every read of clients, claims, outcomes or history fails so.
    pub fn reads(&self, fault: Fault) {
        self.script(Operation::Read, |script| script.always = Some(fault));
    }

    /// The next reservation of an id fails so.
    pub fn next_reserve_id(&self, fault: Fault) {
        self.script(Operation::ReserveId, |script| script.once.push_back(fault));
    }

    /// Every reservation of an id fails so.
    pub fn reserve_ids(&self, fault: Fault) {
        self.script(Operation::ReserveId, |script| script.always = Some(fault));
    }

    /// The next question whether the store is ready fails so.
    pub fn next_ready(&self, fault: Fault) {
        self.script(Operation::Ready, |script| script.once.push_back(fault));
    }

    /// Every question whether the store is ready fails so.
    pub fn readiness(&self, fault: Fault) {
        self.script(Operation::Ready, |script| script.always = Some(fault));
    }

    /// The next taking or marking of events fails so.
    pub fn next_outbox(&self, fault: Fault) {
        self.script(Operation::Outbox, |script| script.once.push_back(fault));
    }

    /// Every taking or marking of events fails so.
    pub fn outbox(&self, fault: Fault) {
        self.script(Operation::Outbox, |script| script.always = Some(fault));
    }

    /// The next use of the contents fails so.
    pub fn next_contents(&self, fault: Fault) {
        self.script(Operation::Contents, |script| script.once.push_back(fault));
    }

    /// Every use of the contents fails so.
    pub fn contents(&self, fault: Fault) {
        self.script(Operation::Contents, |script| script.always = Some(fault));
    }

    /// Every use of the content ledger, besides that of commits, fails so.
    pub fn ledger(&self, fault: Fault) {
        self.script(Operation::Ledger, |script| script.always = Some(fault));
    }

    /// The store has a clock of its own, which stands at this moment.
    pub fn server_time(&self, moment: Timestamp) {
        *lock(&self.1) = Some(moment);
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        *lock(&self.1)
    }

    /// Nothing fails any more, and there is no other clock.
    pub fn clear(&self) {
        *lock(&self.1) = None;
        *lock(&self.0) = Default::default();
    }

    /// What goes wrong with the operation that begins now.
    pub(crate) fn strike(&self, operation: Operation) -> Option<Fault> {
        self.script(operation, |script| script.once.pop_front().or(script.always))
    }

    fn script<T>(&self, operation: Operation, edit: impl FnOnce(&mut Script) -> T) -> T {
        #[expect(clippy::indexing_slicing, reason = "the array has one script for each operation")]
        edit(&mut lock(&self.0)[operation as usize])
    }
}
