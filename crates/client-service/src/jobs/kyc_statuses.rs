//! KYC statuses that the storage keeps are renewed: after a change of a client, after the end of a day, under another policy.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use client_app::Clients;
use client_app::ports::KycRenewed;
use metrics::{counter, describe_counter};

use super::round::Round;
use super::supervisor::{AtStop, Supervisor};

/// The rest after a round that left nothing. What changes meanwhile is computed by the searches themselves.
const INTERVAL: Duration = Duration::from_secs(2);
/// The rest after a full batch, which leaves the database to the requests.
const PAUSE: Duration = Duration::from_millis(20);
/// How many rounds that left nothing are between two that look for statuses by another rule: a minute of them.
const ROUNDS_OF_ONE_RULE: u64 = 30;
/// After how many clients the progress is logged.
const REPORTED_CLIENTS: u64 = 100_000;

/// How far the job is.
#[derive(Debug, Default)]
struct Progress {
    /// Rounds that left nothing.
    rounds: AtomicU64,
    /// Clients of full batches, and of the one after them.
    clients: AtomicU64,
}

/// Renews what is due, a batch in a round.
pub(super) fn renew(supervisor: &Supervisor, clients: &Clients) {
    describe_counter!(
        "client_kyc_statuses_renewed_total",
        "Clients whose KYC status was computed anew for searches."
    );
    counter!("client_kyc_statuses_renewed_total").increment(0);
    let (clients, progress) = (clients.clone(), Arc::<Progress>::default());
    supervisor.start("kyc_statuses", Duration::ZERO, AtStop::Cancel, move || {
        round(clients.clone(), progress.clone())
    });
}

async fn round(clients: Clients, progress: Arc<Progress>) -> Round {
    let other_rules = progress.rounds.load(Ordering::Relaxed).is_multiple_of(ROUNDS_OF_ONE_RULE);
    let done = clients.renew_kyc_statuses(other_rules).await?;
    counter!("client_kyc_statuses_renewed_total").increment(done.renewed);
    Ok(progress.note(done))
}

impl Progress {
    /// Notes what a batch has done, and returns the rest before the next one.
    fn note(&self, done: KycRenewed) -> Duration {
        let before = self.clients.load(Ordering::Relaxed);
        let clients = before + done.renewed;
        if done.renewed > 0 && done.due >= Clients::RENEWED_AT_ONCE as u64 {
            self.clients.store(clients, Ordering::Relaxed);
            if before / REPORTED_CLIENTS < clients / REPORTED_CLIENTS {
                tracing::info!(clients, "KYC statuses are being renewed");
            }
            return PAUSE;
        }
        self.rounds.fetch_add(1, Ordering::Relaxed);
        self.clients.store(0, Ordering::Relaxed);
        if before > 0 {
            tracing::info!(clients, "KYC statuses were renewed");
        }
        INTERVAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_batches_follow_each_other_and_their_clients_are_added_up() {
        let progress = Progress::default();
        let batch = |due, renewed| KycRenewed { due, renewed };
        assert_eq!(progress.note(batch(500, 499)), PAUSE);
        assert_eq!(progress.note(batch(500, 500)), PAUSE);
        assert_eq!(progress.clients.load(Ordering::Relaxed), 999);
        assert_eq!(progress.note(batch(20, 20)), INTERVAL);
        assert_eq!(progress.clients.load(Ordering::Relaxed), 0);
        // All of them are being written: they are left for later.
        assert_eq!(progress.note(batch(500, 0)), INTERVAL);
        assert_eq!(progress.rounds.load(Ordering::Relaxed), 2);
    }
}
