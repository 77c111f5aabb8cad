//! The delivery of events to the webhook.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adapter_webhook::Webhook;
use client_app::ports::Outbox;
use client_app::relay::{self, Pace, PaceSettings, Relay, RelaySettings};
use metrics::{counter, describe_counter};

use super::Supervisor;
use super::supervisor::{AtStop, JobFailure, Round};
use crate::system::SystemClock;

/// How much of the time of a lease a delivery may need besides the answer of the receiver.
const MARGIN: Duration = Duration::from_secs(5);

/// Delivers from `outbox` to `webhook`, which answers within `answer`.
///
/// Deliveries that have begun are waited for at the stop. What is not done by the deadline is left: its lease ends by
/// itself, and it is delivered again.
pub(crate) fn deliver(supervisor: &Supervisor, outbox: Arc<dyn Outbox>, webhook: Webhook, answer: Duration) {
    let settings = RelaySettings { longest_delivery: answer + MARGIN, ..RelaySettings::default() };
    tracing::info!(?webhook, "delivering events");
    let delivery = Arc::new(Delivery {
        relay: Arc::new(Relay::new(outbox, Arc::new(webhook), Arc::new(SystemClock), settings)),
        pace: Mutex::new(Pace::new(PaceSettings::default())),
    });
    let (relay, stop) = (delivery.relay.clone(), supervisor.stop().clone());
    tokio::spawn(async move {
        stop.cancelled().await;
        relay.stop();
    });
    supervisor.start("delivery", Duration::ZERO, AtStop::Finish, move || delivery.clone().round());
}

struct Delivery {
    relay: Arc<Relay>,
    pace: Mutex<Pace>,
}

impl Delivery {
    async fn round(self: Arc<Self>) -> Round {
        let limit = self.with_pace(|pace| pace.limit());
        match self.relay.round(limit).await {
            Ok(round) => {
                count(&round);
                Ok(self.with_pace(|pace| pace.after(&round)))
            }
            Err(error) => {
                let rest = self.with_pace(Pace::after_error);
                Err(match JobFailure::from(error) {
                    JobFailure::Outage { error, .. } => JobFailure::Outage { error, rest: Some(rest) },
                    broken @ JobFailure::Broken(_) => broken,
                })
            }
        }
    }

    fn with_pace<T>(&self, work: impl FnOnce(&mut Pace) -> T) -> T {
        work(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Describes what is counted, and shows it from the start.
pub(super) fn describe() {
    describe_counter!("outbox_delivered_total", "Events that the webhook has accepted.");
    describe_counter!("outbox_failed_attempts_total", "Attempts to deliver an event that failed.");
    describe_counter!("outbox_buried_total", "Events that became dead letters.");
    count(&relay::Round::default());
}

fn count(round: &relay::Round) {
    counter!("outbox_delivered_total").increment(round.delivered);
    counter!("outbox_failed_attempts_total").increment(round.failed);
    counter!("outbox_buried_total").increment(round.buried);
}
