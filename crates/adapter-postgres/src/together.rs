//! What goes to the server together with what others ask at the same time.

use std::fmt;
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
    turns: Semaphore,
}

/// One who waits, and what for.
pub(crate) struct Waiting<T, A> {
    pub(crate) asked: T,
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
        Self { waiting: Mutex::default(), turns: Semaphore::new(STATEMENTS) }
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
        lock(&self.waiting).push(Waiting { asked, answer });
        loop {
            let turn = tokio::select! {
                biased;
                answer = &mut answered => return answer.ok(),
                turn = timeout(PATIENCE, self.turns.acquire()) => turn,
            };
            let together = self.take();
            if together.is_empty() {
                // Somebody else has taken this one along.
                drop(turn);
                return answered.await.ok();
            }
            // As a rule with this one among them; where too many came before, it is for the next time.
            carry_out(together).await;
        }
    }

    fn take(&self) -> Vec<Waiting<T, A>> {
        let mut waiting = lock(&self.waiting);
        // Who has stopped waiting is not asked for.
        waiting.retain(|one| !one.answer.is_closed());
        let count = waiting.len().min(MOST);
        waiting.drain(..count).collect()
    }
}

fn lock<T>(waiting: &Mutex<T>) -> MutexGuard<'_, T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
