//! The delivery of events to the webhook.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use client_app::Clients;
use client_app::ports::{EventReceiver, Outbox};
use client_app::relay::{self, PollBackoff, PollBackoffSettings, Relay, RelaySettings};
use metrics::{counter, describe_counter};

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;

/// Delivers from `outbox` to `receiver` while the clock is right. Leases end by the clock
/// of the relay that took them, so a relay whose clock is ahead would take events that another relay is delivering.
///
/// At the stop, deliveries in progress may finish. An event whose delivery does not finish by the deadline is delivered
/// again after its lease has ended.
pub(crate) fn deliver(
    supervisor: &Supervisor,
    clients: &Clients,
    outbox: Arc<dyn Outbox>,
    receiver: Arc<dyn EventReceiver>,
    settings: RelaySettings,
) {
    tracing::info!("delivering events");
    let delivery = Arc::new(Delivery {
        clients: clients.clone(),
        clock_compared: AtomicBool::new(false),
        relay: Arc::new(Relay::new(outbox, receiver, Arc::new(SystemClock), settings)),
        backoff: Mutex::new(PollBackoff::new(PollBackoffSettings::default())),
    });
    let (relay, stop) = (delivery.relay.clone(), supervisor.stop().clone());
    tokio::spawn(async move {
        stop.cancelled().await;
        relay.stop();
    });
    supervisor.start("delivery", Duration::ZERO, AtStop::Finish, move || delivery.clone().round());
}

struct Delivery {
    clients: Clients,
    /// Whether the clocks were compared once. From then on the job `clock` compares them.
    clock_compared: AtomicBool,
    relay: Arc<Relay>,
    backoff: Mutex<PollBackoff>,
}

impl Delivery {
    async fn round(self: Arc<Self>) -> Round {
        if !self.clock_is_right().await? {
            return Ok(clock::RETRY_INTERVAL);
        }
        let limit = self.with_backoff(|backoff| backoff.limit());
        match self.relay.round(limit).await {
            Ok(round) => {
                count(&round);
                Ok(self.with_backoff(|backoff| backoff.after(&round)))
            }
            Err(error) => {
                let rest = self.with_backoff(PollBackoff::after_error);
                Err(match JobFailure::from(error) {
                    JobFailure::Outage { error, .. } => JobFailure::Outage { error, rest: Some(rest) },
                    broken @ JobFailure::Broken(_) => broken,
                })
            }
        }
    }

    async fn clock_is_right(&self) -> Result<bool, JobFailure> {
        if self.clock_compared.load(Ordering::Relaxed) {
            return Ok(self.clients.clock_is_right());
        }
        let is_right = clock::is_right(&self.clients).await?;
        self.clock_compared.store(true, Ordering::Relaxed);
        Ok(is_right)
    }

    fn with_backoff<T>(&self, work: impl FnOnce(&mut PollBackoff) -> T) -> T {
        work(&mut self.backoff.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Describes the counters, and shows them from the start.
pub(super) fn describe() {
    describe_counter!("outbox_delivered_total", "Events that the webhook has accepted.");
    describe_counter!("outbox_failed_attempts_total", "Attempts to deliver an event that failed.");
    describe_counter!("outbox_dead_lettered_total", "Events that became dead letters.");
    describe_counter!(
        "outbox_unreadable_total",
        "Attempts to read an event that only a newer release can read."
    );
    counter!("outbox_unreadable_total").increment(0);
    count(&relay::Round::default());
}

fn count(round: &relay::Round) {
    counter!("outbox_delivered_total").increment(round.delivered);
    counter!("outbox_failed_attempts_total").increment(round.failed);
    counter!("outbox_dead_lettered_total").increment(round.dead_lettered);
}

#[cfg(test)]
mod tests {
    use adapter_inmem::MemoryStore;
    use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};
    use client_app::ports::Clock as _;
    use jiff::SignedDuration;

    use super::*;
    use crate::system::RandomKeys;

    #[tokio::test]
    async fn relay_delivers_only_while_the_clock_is_right() {
        let store = MemoryStore::new();
        let clients = Clients::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(RandomKeys));
        let secrets = SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let address = Address::parse("http://127.0.0.1:9/").unwrap();
        let webhook = Webhook::new(address, secrets, Limits::default(), Arc::new(SystemClock)).unwrap();
        let settings = RelaySettings::default();
        let delivery = Arc::new(Delivery {
            clients: clients.clone(),
            clock_compared: AtomicBool::new(false),
            relay: Arc::new(Relay::new(
                Arc::new(store.clone()),
                Arc::new(webhook),
                Arc::new(SystemClock),
                settings,
            )),
            backoff: Mutex::new(PollBackoff::new(PollBackoffSettings::default())),
        });
        store.faults().server_time(SystemClock.now() - SignedDuration::from_secs(75));
        assert_eq!(delivery.clone().round().await.unwrap(), clock::RETRY_INTERVAL);
        store.faults().server_time(SystemClock.now());
        assert_eq!(
            delivery.clone().round().await.unwrap(),
            clock::RETRY_INTERVAL,
            "until the clocks are compared"
        );
        clients.compare_clocks().await.unwrap();
        assert_ne!(delivery.round().await.unwrap(), clock::RETRY_INTERVAL);
    }
}
