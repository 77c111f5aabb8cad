//! Group commit: who leads, who is told what, and what is done.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use schedules::batcher::{Answer, Batcher, Member, Rules};
use shuttle::future::{block_on, spawn, yield_now};

use crate::leaving::{below, in_every_schedule, stays_or_leaves};

const CALLERS: usize = 5;
const RULES: Rules = Rules { batches: 1, patience: Duration::from_millis(10), largest: 3 };

/// A database that counts how often each change was committed.
#[derive(Default)]
struct Database {
    commits: [AtomicUsize; CALLERS],
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    /// Whether a batch was left by its leader.
    left: AtomicBool,
}

/// A batch that is being carried out.
struct UnderWay<'a> {
    database: &'a Database,
    is_done: bool,
}

impl<'a> UnderWay<'a> {
    fn begin(database: &'a Database) -> Self {
        let now = database.under_way.fetch_add(1, SeqCst) + 1;
        database.most_under_way.fetch_max(now, SeqCst);
        Self { database, is_done: false }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.database.under_way.fetch_sub(1, SeqCst);
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
        assert!(!batch.is_empty() && batch.len() <= RULES.largest, "a batch of {}", batch.len());
        let mut under_way = UnderWay::begin(self);
        yield_now().await;
        for member in batch.iter().filter(|member| member.asked % 2 == 0) {
            self.commits[member.asked].fetch_add(1, SeqCst);
        }
        yield_now().await;
        for member in batch {
            match member.asked {
                asked if asked % 2 == 0 => member.answer(asked),
                _ => member.not_done(),
            }
        }
        under_way.is_done = true;
    }
}

/// Every caller is told what became of its own change: it was committed once, or not at all.
fn answered(database: &Database, caller: usize, answer: Option<&Answer<usize>>) {
    let committed = database.committed(caller);
    match answer {
        Some(Answer::Given(asked)) => assert!(*asked == caller && committed == 1, "{asked} for {caller}"),
        Some(Answer::NotDone) => assert!(caller % 2 == 1 && committed == 0, "told that nothing was done"),
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
        let batcher = Arc::new(Batcher::new(RULES));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (database, batcher) = (database.clone(), batcher.clone());
                spawn(async move {
                    for _ in 0..below(3) {
                        yield_now().await;
                    }
                    let asked = batcher.ask(caller, |batch| database.commit(batch));
                    let answer = stays_or_leaves(asked, may_leave).await;
                    answered(&database, caller, answer.as_ref());
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(database.under_way.load(SeqCst), 0);
        // What those who left had is free again: without that, this waits for ever, and Shuttle says so.
        let last = Arc::new(Mutex::new(0));
        for _ in 0..2 {
            let carry_out = |batch: Vec<Member<usize, usize>>| async {
                *last.lock().unwrap() += batch.len();
                for member in batch {
                    member.answer(7);
                }
            };
            assert_eq!(batcher.ask(0, carry_out).await, Answer::Given(7));
        }
        assert_eq!(*last.lock().unwrap(), 2, "a member of those who left was carried out");
    });
}

#[test]
fn every_caller_is_answered_once_and_no_change_is_committed_twice() {
    in_every_schedule(|| play(false));
}

#[test]
fn callers_and_leaders_may_leave_at_any_await() {
    in_every_schedule(|| play(true));
}
