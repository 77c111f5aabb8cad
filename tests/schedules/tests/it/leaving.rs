//! Callers that leave.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use shuttle::rand::Rng as _;

#[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration of the service")]
fn schedules() -> usize {
    std::env::var("SCHEDULES").map_or(2_000, |text| text.parse().unwrap())
}

/// Plays this in random schedules, and in those that switch tasks at few points (PCT), which find errors that need a certain
/// order sooner.
pub(crate) fn in_every_schedule(play: fn()) {
    shuttle::check_random(play, schedules());
    shuttle::check_pct(play, schedules(), 3);
}

/// A number below this one.
pub(crate) fn below(end: u32) -> u32 {
    shuttle::rand::thread_rng().gen_range(0..end)
}

/// The output of a future, or none if its caller leaves: at one of its first awaits, which the schedule chooses.
pub(crate) async fn stays_or_leaves<T>(future: impl Future<Output = T>, may_leave: bool) -> Option<T> {
    let mut stays = (may_leave && below(2) == 0).then(|| below(8));
    let mut future = pin!(future);
    poll_fn(move |context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        match stays.as_mut() {
            None => return Poll::Pending,
            Some(0) => return Poll::Ready(None),
            Some(left) => *left -= 1,
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}
