//! Requests of concurrent callers that are served in one batch: group commit, and reads by key.
//!
//! A caller's request goes through these states:
//!
//! ```text
//! waiting ──gets a permit, or its wait timeout passes──▶ leader ──runs the batch──▶ answered
//!    └─────taken into the batch of another leader──────▶ member ──────────────────▶ answered, not done, or unknown
//! ```
//!
//! A caller may leave at any time. A caller that leaves while it waits is skipped. A leader that leaves drops its batch,
//! and each of its members then gets [`Answer::Unknown`].

use std::fmt;
use std::time::Duration;

use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, PoisonError, Semaphore, oneshot, timeout};

/// How large batches are, and when they begin.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    /// How many batches run concurrently, as long as each is answered in time. Each costs two messages and the work of
    /// its beginning and its end, however many members it has.
    pub concurrent_batches: usize,
    /// How long a caller waits for a running batch before it begins one of its own. A slow server or connection then
    /// delays one batch and not every caller.
    pub wait_timeout: Duration,
    /// The largest number of members of a batch, its leader included.
    pub max_members: usize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self { concurrent_batches: 1, wait_timeout: Duration::from_millis(10), max_members: 64 }
    }
}

/// Callers that wait for a batch.
///
/// A caller that gets a permit becomes the leader of a batch and takes every waiting caller as a member. No caller waits
/// for others to come, and there is no timer: a single caller is served immediately, and the more callers there are, the
/// larger the batches.
///
/// ```
/// use concurrency::batcher::{Answer, Batcher, Member};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let batcher = Batcher::<u32, u32>::default();
/// let double = |batch: Vec<Member<u32, u32>>| async {
///     for member in batch {
///         let doubled = 2 * member.request;
///         member.answer(doubled);
///     }
/// };
/// assert_eq!(batcher.submit(21, double).await, Answer::Given(42));
/// # }
/// ```
pub struct Batcher<T, A> {
    limits: BatchLimits,
    waiting: Mutex<Vec<Member<T, A>>>,
    tickets: AtomicU64,
    permits: Semaphore,
}

/// A caller's request as a member of a batch. Dropped without an answer, its outcome is unknown.
pub struct Member<T, A> {
    /// What the caller asks for.
    pub request: T,
    ticket: u64,
    answer: oneshot::Sender<Answer<A>>,
}

/// The result for a member of a batch.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<A> {
    /// The answer.
    Given(A),
    /// The batch has certainly done nothing for this member, which may be served alone.
    NotDone,
    /// The leader has dropped the batch: the outcome of this member is unknown.
    Unknown,
}

impl<T, A> Member<T, A> {
    /// Gives the member its answer.
    pub fn answer(self, answer: A) {
        self.tell(Answer::Given(answer));
    }

    /// Informs the member that nothing was done for it.
    pub fn not_done(self) {
        self.tell(Answer::NotDone);
    }

    fn tell(self, answer: Answer<A>) {
        // The caller may have left.
        let _left = self.answer.send(answer);
    }
}

impl<T, A> Default for Batcher<T, A> {
    fn default() -> Self {
        Self::new(BatchLimits::default())
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
    /// A batcher without a waiting caller.
    pub fn new(limits: BatchLimits) -> Self {
        Self {
            limits,
            waiting: Mutex::new(Vec::new()),
            tickets: AtomicU64::new(0),
            permits: Semaphore::new(limits.concurrent_batches),
        }
    }

    /// Submits a request and waits for its answer. The leader of the batch that takes it runs the batch with `run`, which
    /// answers every member.
    pub async fn submit<F: Future<Output = ()>>(
        &self,
        request: T,
        run: impl Fn(Vec<Member<T, A>>) -> F,
    ) -> Answer<A> {
        let (answer, mut answered) = oneshot::channel();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).push(Member { request, ticket, answer });
        let permit = tokio::select! {
            biased;
            answer = &mut answered => return answer.unwrap_or(Answer::Unknown),
            permit = timeout(self.limits.wait_timeout, self.permits.acquire()) => permit,
        };
        if let Some(batch) = self.take(ticket) {
            run(batch).await;
        }
        drop(permit);
        answered.await.unwrap_or(Answer::Unknown)
    }

    /// The batch that the caller with this ticket leads. None if the caller is a member of a batch already: it is about to be
    /// answered, and must not wait for others.
    fn take(&self, ticket: u64) -> Option<Vec<Member<T, A>>> {
        let mut waiting = lock(&self.waiting);
        // A caller that has left needs no answer.
        waiting.retain(|member| !member.answer.is_closed());
        let leader = waiting.iter().position(|member| member.ticket == ticket)?;
        let leader = waiting.remove(leader);
        let others = waiting.len().min(self.limits.max_members.saturating_sub(1));
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

    /// Submits a request after a delay. The request says how long it takes; a batch takes as long as its longest member,
    /// and answers each with the number of its members.
    fn submit(
        batcher: &Arc<Batcher<Duration, usize>>,
        after: u64,
        takes: u64,
    ) -> JoinHandle<(Answer<usize>, Duration)> {
        let batcher = batcher.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(after)).await;
            let begun = Instant::now();
            let run = |batch: Vec<Member<Duration, usize>>| async move {
                sleep(batch.iter().map(|member| member.request).max().unwrap_or_default()).await;
                let count = batch.len();
                for member in batch {
                    member.answer(count);
                }
            };
            (batcher.submit(Duration::from_millis(takes), run).await, begun.elapsed())
        })
    }

    #[tokio::test]
    async fn a_single_caller_is_served_immediately_and_later_callers_in_batches() {
        let batcher = Arc::default();
        let first = submit(&batcher, 0, 5);
        let others: Vec<_> = (0..30).map(|_| submit(&batcher, 1, 1)).collect();
        assert_eq!(first.await.unwrap().0, Answer::Given(1));
        for other in others {
            let (Answer::Given(count), _) = other.await.unwrap() else { panic!("no answer") };
            assert!(count > 1);
        }
    }

    #[tokio::test]
    async fn every_member_is_answered_however_many_there_are() {
        let batcher = Arc::default();
        let all: Vec<_> = (0..640_u64).map(|n| submit(&batcher, n % 7, 15)).collect();
        for caller in all {
            let (Answer::Given(count), _) = caller.await.unwrap() else { panic!("no answer") };
            assert!(count <= BatchLimits::default().max_members, "{count}");
        }
    }

    /// The second caller is a member of the batch of the first. The third waits for a batch of its own.
    #[test]
    fn a_member_of_a_batch_leads_no_other_batch() {
        let batcher = Batcher::<u64, ()>::default();
        let mut answers = Vec::new();
        let mut push = |ticket| {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&batcher.waiting).push(Member { request: ticket, ticket, answer });
        };
        push(1);
        push(2);
        let taken =
            |ticket| batcher.take(ticket).map(|batch| batch.iter().map(|member| member.request).collect());
        assert_eq!(taken(1), Some(vec![2, 1]));
        push(3);
        assert_eq!(taken(2), None);
        assert_eq!(taken(3), Some(vec![3]));
    }

    /// Also where more callers wait than a batch holds.
    #[test]
    fn the_leader_is_a_member_of_its_batch() {
        let batcher = Batcher::<u64, ()>::default();
        let mut answers = Vec::new();
        for ticket in 0..200 {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&batcher.waiting).push(Member { request: ticket, ticket, answer });
        }
        let taken = batcher.take(150).unwrap();
        assert_eq!(taken.len(), BatchLimits::default().max_members);
        assert!(
            taken.iter().any(|member| member.request == 150)
                && taken.iter().any(|member| member.request == 0)
        );
    }

    #[tokio::test]
    async fn a_member_dropped_without_an_answer_is_unknown_and_not_undone() {
        let batcher = Batcher::<(), ()>::default();
        assert_eq!(batcher.submit((), |batch| async { drop(batch) }).await, Answer::Unknown);
        let not_done = |batch: Vec<Member<(), ()>>| async { batch.into_iter().for_each(Member::not_done) };
        assert_eq!(batcher.submit((), not_done).await, Answer::NotDone);
    }
}
