//! What goes to the server together with what others ask at the same time.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

/// How many statements are under way at once, as long as each is answered in time. Each costs two messages and the work
/// of its beginning and its end, however many it is for.
const STATEMENTS: usize = 1;
/// For how long one waits for the statement under way. A server or a connection that is slow holds up one statement and
/// not everybody.
const PATIENCE: Duration = Duration::from_millis(10);
/// How many go with one statement at most.
const MOST: usize = 64;

/// Those who wait for their turn.
///
/// Whoever has the turn takes along all that wait; nobody waits for others to come, and there is no timer. So one alone
/// is carried out at once, and the more there are the more go together.
pub(crate) struct Together<T, A> {
    waiting: Mutex<Vec<Waiting<T, A>>>,
    tickets: AtomicU64,
    turns: Semaphore,
}

/// One who waits, and what for.
pub(crate) struct Waiting<T, A> {
    pub(crate) asked: T,
    ticket: u64,
    answer: oneshot::Sender<A>,
}

impl<T, A> Waiting<T, A> {
    pub(crate) fn answer(self, answer: A) {
        // Who is gone by now does not want to know.
        let _gone = self.answer.send(answer);
    }
}

impl<T, A> Default for Together<T, A> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), tickets: AtomicU64::new(0), turns: Semaphore::new(STATEMENTS) }
    }
}

impl<T, A> fmt::Debug for Together<T, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").finish_non_exhaustive()
    }
}

impl<T, A> Together<T, A> {
    /// The answer to `asked`, from whoever had the turn. None if there was no answer: because whoever had taken it along
    /// is gone, or gave none.
    pub(crate) async fn ask<F: Future<Output = ()>>(
        &self,
        asked: T,
        carry_out: impl Fn(Vec<Waiting<T, A>>) -> F,
    ) -> Option<A> {
        let (answer, mut answered) = oneshot::channel();
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).push(Waiting { asked, ticket, answer });
        let turn = tokio::select! {
            biased;
            answer = &mut answered => return answer.ok(),
            turn = timeout(PATIENCE, self.turns.acquire()) => turn,
        };
        if let Some(together) = self.take(ticket) {
            carry_out(together).await;
        }
        drop(turn);
        answered.await.ok()
    }

    /// Those who go with the one who has this ticket, that one among them. None if that one was taken along already: whoever
    /// is about to be answered is not to wait for others.
    fn take(&self, ticket: u64) -> Option<Vec<Waiting<T, A>>> {
        let mut waiting = lock(&self.waiting);
        // Who has stopped waiting is not asked for.
        waiting.retain(|one| !one.answer.is_closed());
        let mine = waiting.iter().position(|one| one.ticket == ticket)?;
        let mine = waiting.remove(mine);
        let others = waiting.len().min(MOST - 1);
        let mut together: Vec<_> = waiting.drain(..others).collect();
        together.push(mine);
        Some(together)
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

    /// Asks after a while, with how long that takes. What goes together takes as long as the longest, and is answered with
    /// how many there were.
    fn ask(
        together: &Arc<Together<Duration, usize>>,
        after: u64,
        takes: u64,
    ) -> JoinHandle<(Option<usize>, Duration)> {
        let together = together.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(after)).await;
            let begun = Instant::now();
            let carry_out = |several: Vec<Waiting<Duration, usize>>| async move {
                sleep(several.iter().map(|one| one.asked).max().unwrap_or_default()).await;
                let count = several.len();
                for one in several {
                    one.answer(count);
                }
            };
            (together.ask(Duration::from_millis(takes), carry_out).await, begun.elapsed())
        })
    }

    #[tokio::test]
    async fn one_alone_is_carried_out_at_once_and_those_who_come_meanwhile_together() {
        let together = Arc::default();
        let first = ask(&together, 0, 5);
        let others: Vec<_> = (0..30).map(|_| ask(&together, 1, 1)).collect();
        assert_eq!(first.await.unwrap().0, Some(1));
        for other in others {
            assert!(other.await.unwrap().0 > Some(1));
        }
    }

    #[tokio::test]
    async fn nobody_is_forgotten_however_many_there_are() {
        let together = Arc::default();
        let all: Vec<_> = (0..10 * MOST as u64).map(|n| ask(&together, n % 7, 15)).collect();
        for one in all {
            let (count, _) = one.await.unwrap();
            assert!(count.is_some_and(|count| count <= MOST), "{count:?}");
        }
    }

    /// The second was taken along by the first. The third is none of its business, whenever its own turn comes.
    #[test]
    fn whoever_was_taken_along_does_not_take_others() {
        let together = Together::<u64, ()>::default();
        let mut answers = Vec::new();
        let mut push = |ticket| {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&together.waiting).push(Waiting { asked: ticket, ticket, answer });
        };
        push(1);
        push(2);
        let taken =
            |ticket| together.take(ticket).map(|several| several.iter().map(|one| one.asked).collect());
        assert_eq!(taken(1), Some(vec![2, 1]));
        push(3);
        assert_eq!(taken(2), None);
        assert_eq!(taken(3), Some(vec![3]));
    }

    /// Where there are too many, whoever has the turn is among those who go.
    #[test]
    fn whoever_has_the_turn_goes() {
        let together = Together::<u64, ()>::default();
        let mut answers = Vec::new();
        for ticket in 0..200 {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            lock(&together.waiting).push(Waiting { asked: ticket, ticket, answer });
        }
        let taken = together.take(150).unwrap();
        assert_eq!(taken.len(), MOST);
        assert!(taken.iter().any(|one| one.asked == 150) && taken.iter().any(|one| one.asked == 0));
    }

    #[tokio::test]
    async fn where_whoever_had_the_turn_has_no_answer_there_is_none() {
        let together = Together::<(), ()>::default();
        assert_eq!(together.ask((), |several| async { drop(several) }).await, None);
    }
}
