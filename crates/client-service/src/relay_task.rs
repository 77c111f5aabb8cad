//! The relay at work: its rounds, its rests, its numbers and its end.

use std::sync::Arc;
use std::time::Duration;

use adapter_webhook::Webhook;
use client_app::ports::{Clock as _, Outbox};
use client_app::relay::{Pace, PaceSettings, Relay, RelaySettings, Round};
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::system::SystemClock;

/// How often it is looked how much waits.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How much of the time of a lease a delivery may need besides the answer of the receiver.
const MARGIN: Duration = Duration::from_secs(5);

/// A relay that works until it is told to stop.
pub(crate) struct RelayTask {
    relay: Arc<Relay>,
    rounds: JoinHandle<()>,
}

impl RelayTask {
    /// Delivers from `outbox` to `webhook`, which answers within `answer`, until `stop`.
    pub(crate) fn start(
        outbox: Arc<dyn Outbox>,
        webhook: Webhook,
        answer: Duration,
        stop: &CancellationToken,
    ) -> Self {
        let settings = RelaySettings { longest_delivery: answer + MARGIN, ..RelaySettings::default() };
        tracing::info!(?webhook, "delivering events");
        let relay = Arc::new(Relay::new(outbox, Arc::new(webhook), Arc::new(SystemClock), settings));
        let (working, stop) = (relay.clone(), stop.clone());
        let rounds = tokio::spawn(async move {
            let mut pace = Pace::new(PaceSettings::default());
            while !stop.is_cancelled() {
                let rest = match working.round(pace.limit()).await {
                    Ok(round) => {
                        count(&round);
                        pace.after(&round)
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the outbox does not answer");
                        pace.after_error()
                    }
                };
                stop.run_until_cancelled(sleep(rest)).await;
            }
        });
        Self { relay, rounds }
    }

    /// Waits for the deliveries that have begun. What is not done by the deadline is left: its lease ends by
    /// itself, and it is delivered again.
    pub(crate) async fn finish(mut self, deadline: Duration) {
        self.relay.stop();
        if timeout(deadline, &mut self.rounds).await.is_err() {
            self.rounds.abort();
            tracing::warn!("a delivery was cut at the drain deadline and will be made again");
        }
    }
}

/// Keeps the numbers of what waits up to date, until `stop`.
pub(crate) fn watch(outbox: Arc<dyn Outbox>, stop: &CancellationToken) {
    describe_counter!("outbox_delivered_total", "Events that the webhook has accepted.");
    describe_counter!("outbox_failed_attempts_total", "Attempts to deliver an event that failed.");
    describe_counter!("outbox_buried_total", "Events that became dead letters.");
    describe_gauge!("outbox_dead_letters", "Dead letters that wait for a decision.");
    let oldest = "outbox_oldest_waiting_seconds";
    describe_gauge!(oldest, Unit::Seconds, "Age of the oldest event that waits; 0 if none does.");
    count(&Round::default());
    let stop = stop.clone();
    tokio::spawn(async move {
        let looks = async {
            loop {
                look(&*outbox).await;
                sleep(LOOK_EVERY).await;
            }
        };
        stop.run_until_cancelled(looks).await;
    });
}

#[expect(clippy::cast_precision_loss, reason = "nobody has as many dead letters")]
async fn look(outbox: &dyn Outbox) {
    match outbox.backlog().await {
        Ok(backlog) => {
            let age = backlog.oldest.map_or(0.0, |at| SystemClock.now().duration_since(at).as_secs_f64());
            gauge!("outbox_oldest_waiting_seconds").set(age.max(0.0));
            gauge!("outbox_dead_letters").set(backlog.dead as f64);
        }
        // Old numbers would look as if all were well.
        Err(error) => {
            gauge!("outbox_oldest_waiting_seconds").set(f64::NAN);
            tracing::warn!(%error, "what waits in the outbox is not known");
        }
    }
}

fn count(round: &Round) {
    counter!("outbox_delivered_total").increment(round.delivered);
    counter!("outbox_failed_attempts_total").increment(round.failed);
    counter!("outbox_buried_total").increment(round.buried);
}
