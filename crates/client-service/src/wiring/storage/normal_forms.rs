//! Normal forms that an earlier release has written, and their recomputation in PostgreSQL.

use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::StoreError;

/// How many clients a statement recomputes at most, and how many the first one does.
const MAX_AT_ONCE: usize = 300;
const FIRST_AT_ONCE: usize = 50;
/// How long a statement should take: who writes one of its clients waits for it.
const AIM: Duration = Duration::from_millis(200);
/// The pause between two of them, which leaves the database to the requests.
const PAUSE: Duration = Duration::from_millis(20);
/// How many statements may fail one after the other, each with fewer clients than the one before.
const MAX_FAILURES: u32 = 5;

/// How far the normal forms are recomputed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NormalForms {
    /// Clients of the last batch.
    pub(crate) batch: u64,
    /// Clients of all batches.
    pub(crate) clients: u64,
    /// Clients that were being written, or cannot be read.
    pub(crate) left_out: u64,
    /// Claims that another client has too.
    pub(crate) shared_claims: u64,
}

impl NormalForms {
    /// Logs what was done, if anything was.
    pub(crate) fn log(&self) {
        let Self { clients, left_out, shared_claims, .. } = *self;
        if clients + left_out > 0 {
            tracing::info!(clients, left_out, shared_claims, "normal forms were recomputed");
        }
        if shared_claims > 0 {
            tracing::warn!(
                shared_claims,
                "clients share a document, an identification or an e-mail address, spelled in two ways or not claimed by an \
                 earlier release; the older client keeps the claim, and both work on"
            );
        }
    }
}

/// Recomputes the normal forms of every client that an earlier release has written, in batches; reports each batch. Another process
/// that does so at the same time takes turns with this one.
pub(super) async fn recompute(
    store: &PostgresStore,
    report: impl Fn(&NormalForms),
) -> Result<NormalForms, StoreError> {
    let mut done = NormalForms::default();
    let (mut after, mut at_once, mut failures) = (None, FIRST_AT_ONCE, 0);
    loop {
        let began = Instant::now();
        let batch = match store.recompute(after.as_ref(), at_once).await {
            Ok(batch) => batch,
            // A slow server may have ended it. It may be repeated, whatever has become of it.
            Err(StoreError::Unavailable(_) | StoreError::TimedOut(_)) if failures < MAX_FAILURES => {
                failures += 1;
                at_once = (at_once / 4).max(1);
                tokio::time::sleep(AIM).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        failures = 0;
        let Some(last) = batch.last else { return Ok(done) };
        if batch.has_turn {
            at_once = next_at_once(at_once, began.elapsed());
            done.batch = batch.clients;
            done.clients += batch.clients;
            done.left_out += batch.left_out;
            done.shared_claims += batch.shared_claims;
            report(&done);
            after = Some(last);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// How many clients to recompute next, after so many took so long.
fn next_at_once(at_once: usize, took: Duration) -> usize {
    let next = if took > AIM {
        at_once / 2
    } else if took < AIM / 2 {
        at_once * 2
    } else {
        at_once
    };
    next.clamp(1, MAX_AT_ONCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_takes_about_as_long_as_it_should() {
        // A server that needs 2 ms for a client, then one that needs 20, then one that needs nothing.
        let after_ten = |begin, each: Duration| {
            (0..10).fold(begin, |at_once: usize, _| {
                next_at_once(at_once, each * u32::try_from(at_once).unwrap())
            })
        };
        let usual = after_ten(FIRST_AT_ONCE, Duration::from_millis(2));
        assert!((50..=100).contains(&usual), "{usual}");
        let slow = after_ten(usual, Duration::from_millis(20));
        assert!((5..=10).contains(&slow), "{slow}");
        assert_eq!(after_ten(slow, Duration::ZERO), MAX_AT_ONCE);
        assert_eq!(after_ten(MAX_AT_ONCE, Duration::from_secs(9)), 1);
    }
}
