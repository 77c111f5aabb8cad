//! Group commit: which caller leads, what each caller gets as its answer, and what is committed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use schedules::batcher::{Answer, BatchLimits, Batcher, Member};
use shuttle::future::{block_on, spawn, yield_now};

use crate::leaving::{below, in_every_schedule, stays_or_leaves};

const CALLERS: usize = 5;
const LIMITS: BatchLimits =
    BatchLimits { concurrent_batches: 1, wait_timeout: Duration::from_millis(10), max_members: 3 };

/// A database that counts how often each change was committed.
#[derive(Default)]
struct Database {
    commits: [AtomicUsize; CALLERS],
    running: AtomicUsize,
    max_running: AtomicUsize,
    /// Whether a leader has left its batch.
    left: AtomicBool,
}

/// A batch that runs.
struct Running<'a> {
    database: &'a Database,
    is_done: bool,
}

impl<'a> Running<'a> {
    fn begin(database: &'a Database) -> Self {
        let now = database.running.fetch_add(1, SeqCst) + 1;
        database.max_running.fetch_max(now, SeqCst);
        Self { database, is_done: false }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.database.running.fetch_sub(1, SeqCst);
        if !self.is_done {
            self.database.left.store(true, SeqCst);
        }
    }
}

impl Database {
    fn committed(&self, caller: usize) -> usize {
        self.commits[caller].load(SeqCst)
    }

    /// Commits a batch, in which callers with an odd number are rejected.
    async fn commit(&self, batch: Vec<Member<usize, usize>>) {
        assert!(!batch.is_empty() && batch.len() <= LIMITS.max_members, "a batch of {}", batch.len());
        let mut running = Running::begin(self);
        yield_now().await;
        for member in batch.iter().filter(|member| member.request % 2 == 0) {
            self.commits[member.request].fetch_add(1, SeqCst);
        }
        yield_now().await;
        for member in batch {
            match member.request {
                request if request % 2 == 0 => member.answer(request),
                _ => member.not_done(),
            }
        }
        running.is_done = true;
    }
}

/// Every caller gets the answer for its own change, which was committed once or not at all.
fn answered(database: &Database, caller: usize, answer: Option<&Answer<usize>>) {
    let committed = database.committed(caller);
    match answer {
        Some(Answer::Given(answered)) => {
            assert!(*answered == caller && committed == 1, "{answered} for {caller}");
        }
        Some(Answer::NotDone) => {
            assert!(caller % 2 == 1 && committed == 0, "answered that nothing was committed");
        }
        Some(Answer::Unknown) => {
            assert!(database.left.load(SeqCst), "no leader has left, and an answer is lost");
            assert!(committed <= 1);
        }
        None => assert!(committed <= 1),
    }
}

fn play(may_leave: bool) {
    block_on(async move {
        let database = Arc::new(Database::default());
        let batcher = Arc::new(Batcher::new(LIMITS));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (database, batcher) = (database.clone(), batcher.clone());
                spawn(async move {
                    for _ in 0..below(3) {
                        yield_now().await;
                    }
                    let submitted = batcher.submit(caller, |batch| database.commit(batch));
                    let answer = stays_or_leaves(submitted, may_leave).await;
                    answered(&database, caller, answer.as_ref());
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(database.running.load(SeqCst), 0);
        // The permits of callers that left are free again: otherwise this waits for ever, and Shuttle reports it.
        let last = Arc::new(Mutex::new(0));
        for _ in 0..2 {
            let run = |batch: Vec<Member<usize, usize>>| async {
                *last.lock().unwrap() += batch.len();
                for member in batch {
                    member.answer(7);
                }
            };
            assert_eq!(batcher.submit(0, run).await, Answer::Given(7));
        }
        assert_eq!(*last.lock().unwrap(), 2, "a batch served a caller that had left");
    });
}

#[test]
fn every_caller_gets_one_answer_and_no_change_commits_twice() {
    in_every_schedule(|| play(false));
}

#[test]
fn callers_and_leaders_may_leave_at_any_await() {
    in_every_schedule(|| play(true));
}
