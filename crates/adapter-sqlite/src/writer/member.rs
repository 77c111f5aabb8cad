//! One job of a group, and its caller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use client_app::ports::StoreError;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Cause, Failure, corrupt};

/// Whether a job waits, has begun or was cancelled by its caller: exactly one of the last two happens
/// first.
#[derive(Debug, Default)]
pub(super) struct Waiting(AtomicU8);

const WAITS: u8 = 0;
const HAS_BEGUN: u8 = 1;
const TAKEN_BACK: u8 = 2;

impl Waiting {
    fn moves_to(&self, state: u8) -> bool {
        self.0.compare_exchange(WAITS, state, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The caller has waited for too long. Returns whether the job is cancelled.
    pub(super) fn take_back(&self) -> bool {
        self.moves_to(TAKEN_BACK)
    }

    fn begin(&self) -> bool {
        self.moves_to(HAS_BEGUN)
    }
}

/// How the transaction of a member ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// It was synced.
    Synced,
    /// It was rolled back.
    RolledBack(Cause),
    /// The sync failed: after a crash it may turn out to be written.
    Unknown(Cause),
}

/// A member of a group, whatever its work returns.
pub(super) trait Job: Send {
    /// Whether the job is to run; its caller may have cancelled it.
    fn begin(&self) -> bool;
    /// Runs the work, and returns whether what it wrote stays.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers the caller.
    fn answer(self: Box<Self>, end: &End);
    /// Fails the job: the transaction was refused because of it.
    fn fail(&mut self, failure: Failure);
}

pub(super) struct Member<T, W> {
    work: W,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
    waiting: Arc<Waiting>,
}

impl<T, W> Member<T, W> {
    pub(super) const fn new(
        work: W,
        reply: oneshot::Sender<Result<T, StoreError>>,
        waiting: Arc<Waiting>,
    ) -> Self {
        Self { work, result: None, reply, waiting }
    }
}

impl<T: Send, W: FnMut(&Connection) -> Result<T, Failure> + Send> Job for Member<T, W> {
    fn begin(&self) -> bool {
        self.waiting.begin()
    }

    fn run(&mut self, connection: &Connection) -> bool {
        let work = &mut self.work;
        // A bug in one job must not end the thread that all depend on.
        let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or_else(|_| Err(corrupt("a write that could not be carried out").into()));
        let stays = result.is_ok();
        self.result = Some(result.map_err(Failure::of_rolled_back));
        stays
    }

    fn answer(self: Box<Self>, end: &End) {
        let cause = |cause: &Cause| Some(Box::new(cause.clone()).into());
        let answer = match (end, self.result) {
            (_, Some(Err(error))) => Err(error),
            (End::Synced, Some(Ok(value))) => Ok(value),
            (End::Synced, None) => Err(corrupt("a write that was not carried out")),
            (End::RolledBack(why), _) => Err(StoreError::Unavailable(cause(why))),
            (End::Unknown(why), _) => Err(StoreError::TimedOut(cause(why))),
        };
        // The caller may have left.
        let _ = self.reply.send(answer);
    }

    fn fail(&mut self, failure: Failure) {
        self.result = Some(Err(failure.of_rolled_back()));
    }
}
