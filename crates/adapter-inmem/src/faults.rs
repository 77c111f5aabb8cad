use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client_app::ports::StoreError;
use jiff::Timestamp;

use crate::lock::lock;

/// The fault of an operation of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A commit answers [`Committed::Stale`](client_app::ports::Committed::Stale) and writes nothing, as if another
    /// commit had changed the client before. Other operations have no such answer and succeed.
    Stale,
    /// The answer is [`StoreError::Unavailable`], and the operation does nothing.
    Unavailable,
    /// The answer is [`StoreError::TimedOut`], and the operation has done nothing.
    TimedOutBefore,
    /// The answer is [`StoreError::TimedOut`], and the operation has succeeded. The caller cannot distinguish this from
    /// [`Fault::TimedOutBefore`].
    TimedOutAfter,
    /// The operation succeeds after this delay. A commit succeeds even if the caller stops waiting.
    Slow(Duration),
}

/// The script of the faults of a [`MemoryStore`](crate::MemoryStore), from
/// [`MemoryStore::faults`](crate::MemoryStore::faults). Clones share one script.
///
/// Each kind of operation has a queue of faults, of which each happens once, and a standing fault. The queue goes first;
/// when it is empty, the standing fault happens every time until [`Faults::clear`].
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
/// assert_eq!(store.commit(Changeset::default()).await?, Committed::Done, "the fault happens once");
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
pub struct Faults {
    scripts: Arc<Mutex<[Script; Operation::COUNT]>>,
    server_time: Arc<Mutex<Option<Timestamp>>>,
    /// Whether the queued faults are left for the operations of other handles.
    leaves_queues: bool,
}

/// The faults of one kind of operation.
#[derive(Debug, Default)]
struct Script {
    queue: VecDeque<Fault>,
    standing: Option<Fault>,
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
    Sessions,
    WorkItems,
    SavedViews,
    Batches,
    Exports,
}

impl Operation {
    const COUNT: usize = Self::Exports as usize + 1;
}

impl Faults {
    /// The next commit has this fault. Several calls queue the faults for the next commits.
    pub fn next_commit(&self, fault: Fault) {
        self.script(Operation::Commit, |script| script.queue.push_back(fault));
    }

    /// Every commit has this fault.
    pub fn commits(&self, fault: Fault) {
        self.script(Operation::Commit, |script| script.standing = Some(fault));
    }

    /// The next read of clients, claims, outcomes or history has this fault.
    pub fn next_read(&self, fault: Fault) {
        self.script(Operation::Read, |script| script.queue.push_back(fault));
    }

    /// Every read of clients, claims, outcomes or history has this fault.
    pub fn reads(&self, fault: Fault) {
        self.script(Operation::Read, |script| script.standing = Some(fault));
    }

    /// The next reservation of an id has this fault.
    pub fn next_reserve_id(&self, fault: Fault) {
        self.script(Operation::ReserveId, |script| script.queue.push_back(fault));
    }

    /// Every reservation of an id has this fault.
    pub fn reserve_ids(&self, fault: Fault) {
        self.script(Operation::ReserveId, |script| script.standing = Some(fault));
    }

    /// The next check of readiness has this fault.
    pub fn next_ready(&self, fault: Fault) {
        self.script(Operation::Ready, |script| script.queue.push_back(fault));
    }

    /// Every check of readiness has this fault.
    pub fn readiness(&self, fault: Fault) {
        self.script(Operation::Ready, |script| script.standing = Some(fault));
    }

    /// The next use of the outbox has this fault.
    pub fn next_outbox(&self, fault: Fault) {
        self.script(Operation::Outbox, |script| script.queue.push_back(fault));
    }

    /// Every use of the outbox has this fault.
    pub fn outbox(&self, fault: Fault) {
        self.script(Operation::Outbox, |script| script.standing = Some(fault));
    }

    /// The next use of the contents has this fault.
    pub fn next_contents(&self, fault: Fault) {
        self.script(Operation::Contents, |script| script.queue.push_back(fault));
    }

    /// Every use of the contents has this fault.
    pub fn contents(&self, fault: Fault) {
        self.script(Operation::Contents, |script| script.standing = Some(fault));
    }

    /// Every use of the content ledger outside of commits has this fault.
    pub fn ledger(&self, fault: Fault) {
        self.script(Operation::Ledger, |script| script.standing = Some(fault));
    }

    /// Every use of sessions has this fault.
    pub fn sessions(&self, fault: Fault) {
        self.script(Operation::Sessions, |script| script.standing = Some(fault));
    }

    /// Every use of the work queue has this fault.
    pub fn work_items(&self, fault: Fault) {
        self.script(Operation::WorkItems, |script| script.standing = Some(fault));
    }

    /// Every use of saved views has this fault.
    pub fn saved_views(&self, fault: Fault) {
        self.script(Operation::SavedViews, |script| script.standing = Some(fault));
    }

    /// The next use of the log of exports has this fault.
    pub fn next_export(&self, fault: Fault) {
        self.script(Operation::Exports, |script| script.queue.push_back(fault));
    }

    /// Gives the store a clock of its own, which stands at this moment.
    pub fn server_time(&self, moment: Timestamp) {
        *lock(&self.server_time) = Some(moment);
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        *lock(&self.server_time)
    }

    /// Removes all faults and the clock of the store.
    pub fn clear(&self) {
        *lock(&self.server_time) = None;
        *lock(&self.scripts) = Default::default();
    }

    /// The same script, of which only the standing faults happen.
    pub(crate) fn standing_only(&self) -> Self {
        Self { leaves_queues: true, ..self.clone() }
    }

    /// The fault of the operation that begins now. A queued fault is used up.
    pub(crate) fn next(&self, operation: Operation) -> Option<Fault> {
        self.script(operation, |script| {
            let queued = if self.leaves_queues { None } else { script.queue.pop_front() };
            queued.or(script.standing)
        })
    }

    fn script<T>(&self, operation: Operation, edit: impl FnOnce(&mut Script) -> T) -> T {
        #[expect(clippy::indexing_slicing, reason = "the array has one script for each operation")]
        edit(&mut lock(&self.scripts)[operation as usize])
    }
}

/// Runs `work`, with `fault` if there is one.
pub(crate) async fn with_fault<T>(
    fault: Option<Fault>,
    work: impl FnOnce() -> Result<T, StoreError> + Send,
) -> Result<T, StoreError> {
    match fault {
        None | Some(Fault::Stale) => work(),
        Some(Fault::Unavailable) => Err(StoreError::Unavailable(None)),
        Some(Fault::TimedOutBefore) => Err(StoreError::TimedOut(None)),
        Some(Fault::TimedOutAfter) => {
            work()?;
            Err(StoreError::TimedOut(None))
        }
        Some(Fault::Slow(wait)) => {
            tokio::time::sleep(wait).await;
            work()
        }
    }
}
