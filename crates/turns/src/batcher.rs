//! What goes to the server in one statement with what others ask at the same time.

use std::fmt;
use std::time::Duration;

use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, PoisonError, Semaphore, oneshot, timeout};

/// How large batches are, and when they begin.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// How many batches are under way at once, as long as each is answered in time. Each costs two messages and the work of
    /// its beginning and its end, however many members it has.
    pub batches: usize,
    /// For how long a caller waits for the batch under way. A server or a connection that is slow holds up one batch and
    /// not every caller.
    pub patience: Duration,
    /// The largest number of members of a batch.
    pub largest: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self { batches: 1, patience: Duration::from_millis(10), largest: 64 }
    }
}

/// Those who wait for a batch.
///
/// A caller who may begin a batch leads it and takes all that wait; nobody waits for others to come, and there is no timer.
/// So a caller alone is served at once, and the more callers there are, the larger the batches.
pub struct Batcher<T, A> {
    rules: Rules,
    waiting: Mutex<Vec<Member<T, A>>>,
    tickets: AtomicU64,
    permits: Semaphore,
}

/// A caller who waits, and what for. Dropped without an answer, its outcome is unknown.
pub struct Member<T, A> {
    /// What is asked for.
    pub asked: T,
    ticket: u64,
    answer: oneshot::Sender<Answer<A>>,
}

/// What a member of a batch is told.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<A> {
    /// The answer.
    Given(A),
    /// The batch has done nothing for this member, for certain: it may ask alone.
    NotDone,
    /// The leader of the batch is gone: what became of this member is not known.
    Unknown,
}

impl<T, A> Member<T, A> {
    /// Tells the member its answer.
    pub fn answer(self, answer: A) {
        self.tell(Answer::Given(answer));
    }

    /// Tells the member that nothing was done for it.
    pub fn not_done(self) {
        self.tell(Answer::NotDone);
    }

    fn tell(self, answer: Answer<A>) {
        // A caller who has left does not want to know.
        let _left = self.answer.send(answer);
    }
}

impl<T, A> Default for Batcher<T, A> {
    fn default() -> Self {
        Self::new(Rules::default())
    }
}

impl<T, A> fmt::Debug for Member<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl<T, A> fmt::Debug for Batcher<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher").finish_non_exhaustive()
    }
}

impl<T, A> Batcher<T, A> {
    /// Nobody waits yet.
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            waiting: Mutex::new(Vec::new()),
            tickets: AtomicU64::new(0),
            permits: Semaphore::new(rules.batches),
        }
    }

    /// The answer to `asked`, from the leader of the batch that it goes with.
    pub async fn ask<F: Future<Output = ()>>(
        &self,
        asked: T,
        carry_out: impl Fn(Vec<Member<T, A>>) -> F,
    ) -> Answer<A> {
        let (answer, mut answered) = oneshot::channel();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).push(Member { asked, ticket, answer });
        let permit = tokio::select! {
            biased;
            answer = &mut answered => return answer.unwrap_or(Answer::Unknown),
            permit = timeout(self.rules.patience, self.permits.acquire()) => permit,
        };
        if let Some(batch) = self.take(ticket) {
            carry_out(batch).await;
        }
        drop(permit);
        answered.await.unwrap_or(Answer::Unknown)
    }

    /// The batch that the member with this ticket leads. None if it is a member of one already: a caller who is about
    /// to be answered is not to wait for others.
    fn take(&self, ticket: u64) -> Option<Vec<Member<T, A>>> {
        let mut waiting = lock(&self.waiting);
        // A caller who has left is not asked for.
        waiting.retain(|member| !member.answer.is_closed());
        let leader = waiting.iter().position(|member| member.ticket == ticket)?;
        let leader = waiting.remove(leader);
        let others = waiting.len().min(self.rules.largest.saturating_sub(1));
        let mut batch: Vec<_> = waiting.drain(..others).collect();
        batch.push(leader);
        Some(batch)
    }
}

fn lock<T>(waiting: &Mutex<T>) -> MutexGuard<'_, T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep};

    use super::*;

    /// Asks after a while, with how long that takes. A batch takes as long as the longest, and is answered with
    /// how many there were.
    fn ask(
        batcher: &Arc<Batcher<Duration, usize>>,
        after: u64,
        takes: u64,
    ) -> JoinHandle<(Answer<usize>, Duration)> {
        let batcher = batcher.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(after)).await;
            let begun = Instant::now();
            let carry_out = |several: Vec<Member<Duration, usize>>| async move {
                sleep(several.iter().map(|one| one.asked).max().unwrap_or_default()).await;
                let count = several.len();
                for one in several {
                    one.answer(count);
                }
            };
            (batcher.ask(Duration::from_millis(takes), carry_out).await, begun.elapsed())
        })
    }

    #[tokio::test]
    async fn one_alone_is_carried_out_at_once_and_those_who_come_meanwhile_in_batches() {
        let batcher = Arc::default();
        let first = ask(&batcher, 0, 5);
        let others: Vec<_> = (0..30).map(|_| ask(&batcher, 1, 1)).collect();
        assert_eq!(first.await.unwrap().0, Answer::Given(1));
        for other in others {
            let (Answer::Given(count), _) = other.await.unwrap() else { panic!("no answer") };
            assert!(count > 1);
        }
    }

    #[tokio::test]
    async fn every_member_is_answered_however_many_there_are() {
        let batcher = Arc::default();
        let all: Vec<_> = (0..640_u64).map(|n| ask(&batcher, n % 7, 15)).collect();
        for one in all {
            let (Answer::Given(count), _) = one.await.unwrap() else { panic!("no answer") };
            assert!(count <= Rules::default().largest, "{count}");
        }
    }

    /// The second is a member of the first's batch. The third waits for a batch of its own.
    #[test]
    fn a_member_of_a_batch_leads_no_other() {
        let batcher = Batcher::<u64, ()>::default();
        let mut answers = Vec::new();
        let mut push = |ticket| {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&batcher.waiting).push(Member { asked: ticket, ticket, answer });
        };
        push(1);
        push(2);
        let taken =
            |ticket| batcher.take(ticket).map(|several| several.iter().map(|one| one.asked).collect());
        assert_eq!(taken(1), Some(vec![2, 1]));
        push(3);
        assert_eq!(taken(2), None);
        assert_eq!(taken(3), Some(vec![3]));
    }

    /// Also where there are more than a batch holds.
    #[test]
    fn the_leader_is_a_member_of_its_batch() {
        let batcher = Batcher::<u64, ()>::default();
        let mut answers = Vec::new();
        for ticket in 0..200 {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&batcher.waiting).push(Member { asked: ticket, ticket, answer });
        }
        let taken = batcher.take(150).unwrap();
        assert_eq!(taken.len(), Rules::default().largest);
        assert!(taken.iter().any(|one| one.asked == 150) && taken.iter().any(|one| one.asked == 0));
    }

    #[tokio::test]
    async fn a_member_that_is_dropped_without_an_answer_is_unknown_and_not_undone() {
        let batcher = Batcher::<(), ()>::default();
        assert_eq!(batcher.ask((), |batch| async { drop(batch) }).await, Answer::Unknown);
        let not_done = |batch: Vec<Member<(), ()>>| async { batch.into_iter().for_each(Member::not_done) };
        assert_eq!(batcher.ask((), not_done).await, Answer::NotDone);
    }
}
