//! The delivery of events to the webhooks, each by a job of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use client_app::Clients;
use client_app::ports::{Clock as _, EventFilter, Outbox, ReceiverName};
use client_app::relay::{self, PollBackoff, PollBackoffSettings, Relay, RelaySettings};
use metrics::{counter, describe_counter};
use tokio::time::Instant;

use super::clock;
use super::round::{JobFailure, Round};
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;
use crate::wiring::replaceable::ReplaceableReceiver;
use crate::wiring::webhook::WebhookPorts;

/// How often the registration of a receiver is compared with the settings of this process.
const REGISTRATION_CHECK: Duration = Duration::from_mins(1);

/// Delivers from `outbox` to each of the webhooks while the clock is right. Leases end by the clock
/// of the relay that took them, so a relay whose clock is ahead would take events that another relay is delivering.
///
/// At the stop, deliveries in progress may finish. An event whose delivery does not finish by the deadline is delivered
/// again after its lease has ended.
pub(crate) async fn deliver(
    supervisor: &Supervisor,
    clients: &Clients,
    outbox: &Arc<dyn Outbox>,
    webhooks: &WebhookPorts,
    settings: &RelaySettings,
) {
    let receivers: Vec<_> = webhooks.keys().map(ReceiverName::as_str).collect();
    tracing::info!(receivers = receivers.join(", "), "delivering events");
    for (name, webhook) in webhooks {
        let delivery = Delivery::new(clients, outbox, (name, webhook), settings);
        // Before the first request is answered. If the storage is away, the first round does it and says so.
        let _or_later = delivery.register().await;
        start(supervisor, Arc::new(delivery));
    }
}

fn start(supervisor: &Supervisor, delivery: Arc<Delivery>) {
    let name = &delivery.receiver;
    // One for each webhook of the settings, for as long as the program runs.
    let job: &'static str = if name.is_default() { "delivery" } else { format!("delivery:{name}").leak() };
    let (relay, stop) = (delivery.relay.clone(), supervisor.stop().clone());
    tokio::spawn(async move {
        stop.cancelled().await;
        relay.stop();
    });
    supervisor.start(job, Duration::ZERO, AtStop::Finish, move || delivery.clone().round());
}

struct Delivery {
    clients: Clients,
    outbox: Arc<dyn Outbox>,
    receiver: ReceiverName,
    webhook: Arc<ReplaceableReceiver>,
    /// The filter that the receiver was registered with here, and when.
    registered: Mutex<Option<(EventFilter, Instant)>>,
    /// Whether the clocks were compared once. From then on the job `clock` compares them.
    clock_compared: AtomicBool,
    relay: Arc<Relay>,
    backoff: Mutex<PollBackoff>,
}

impl Delivery {
    fn new(
        clients: &Clients,
        outbox: &Arc<dyn Outbox>,
        (receiver, webhook): (&ReceiverName, &Arc<ReplaceableReceiver>),
        settings: &RelaySettings,
    ) -> Self {
        let relay = Relay::new(outbox.clone(), webhook.clone(), Arc::new(SystemClock), settings.clone());
        Self {
            clients: clients.clone(),
            outbox: outbox.clone(),
            receiver: receiver.clone(),
            webhook: webhook.clone(),
            registered: Mutex::default(),
            clock_compared: AtomicBool::new(false),
            relay: Arc::new(relay.with_name(receiver.clone())),
            backoff: Mutex::new(PollBackoff::new(PollBackoffSettings::default())),
        }
    }

    async fn round(self: Arc<Self>) -> Round {
        self.register().await?;
        if !self.clock_is_right().await? {
            return Ok(clock::RETRY_INTERVAL);
        }
        let limit = self.with_backoff(|backoff| backoff.limit());
        match self.relay.round(limit).await {
            Ok(round) => {
                count(&self.receiver, &round);
                Ok(self.with_backoff(|backoff| backoff.after(&round)))
            }
            Err(error) => {
                let rest = self.with_backoff(PollBackoff::after_error);
                Err(match JobFailure::from(error) {
                    JobFailure::Outage { error, .. } => JobFailure::Outage { error, rest: Some(rest) },
                    other @ (JobFailure::Broken(_) | JobFailure::Elsewhere(_)) => other,
                })
            }
        }
    }

    /// Registers the receiver at the start, its filter whenever a reload has changed it, and both again where another process
    /// has registered another filter since, such as one of the release before, or a person has forgotten the receiver.
    async fn register(&self) -> Result<(), JobFailure> {
        if self.receiver.is_default() {
            return Ok(());
        }
        let filter = self.webhook.filter();
        let before = self.registered.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((registered, at)) = before.filter(|(registered, _)| *registered == filter) {
            if at.elapsed() < REGISTRATION_CHECK {
                return Ok(());
            }
            let all = self.outbox.receivers().await?;
            let in_force = all.iter().find(|one| one.receiver == self.receiver).map(|one| &one.filter);
            if in_force == Some(&registered) {
                *self.registered.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((filter, Instant::now()));
                return Ok(());
            }
            tracing::warn!(
                receiver = %self.receiver,
                is_registered = in_force.is_some(),
                "the registration of the receiver was changed or removed by another process; it is registered again"
            );
        }
        self.outbox.register(&self.receiver, &filter, SystemClock.now()).await?;
        *self.registered.lock().unwrap_or_else(PoisonError::into_inner) = Some((filter, Instant::now()));
        Ok(())
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
    count(&ReceiverName::DEFAULT, &relay::Round::default());
}

fn count(receiver: &ReceiverName, round: &relay::Round) {
    let count = |name: &'static str, number| {
        counter!(name, "receiver" => receiver.as_str().to_owned()).increment(number);
    };
    count("outbox_delivered_total", round.delivered);
    count("outbox_failed_attempts_total", round.failed);
    count("outbox_dead_lettered_total", round.dead_lettered);
}

#[cfg(test)]
mod tests {
    use adapter_inmem::MemoryStore;
    use adapter_webhook::{Address, Limits, SigningSecrets, Webhook};
    use client_app::ports::EventReceiver;
    use client_domain::EventKind;
    use jiff::SignedDuration;

    use super::*;
    use crate::system::RandomKeys;

    fn webhook(filter: EventFilter) -> Arc<ReplaceableReceiver> {
        let secrets = SigningSecrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let address = Address::parse("http://127.0.0.1:9/").unwrap();
        let webhook = Webhook::new(address, secrets, Limits::default(), Arc::new(SystemClock)).unwrap();
        let webhook: Arc<dyn EventReceiver> = Arc::new(webhook);
        Arc::new(ReplaceableReceiver::new((webhook, filter)))
    }

    #[tokio::test]
    async fn registration_of_a_process_that_has_stopped_is_replaced() {
        let store = MemoryStore::new();
        let clients = Clients::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(RandomKeys));
        let outbox: Arc<dyn Outbox> = Arc::new(store);
        let name = ReceiverName::parse("crm").unwrap();
        let process = |filter: &EventFilter| {
            let webhook = webhook(filter.clone());
            Delivery::new(&clients, &outbox, (&name, &webhook), &RelaySettings::default())
        };
        let narrow = EventFilter::Only([EventKind::Created].into());
        let (current, former) = (process(&EventFilter::All), process(&narrow));
        let in_force = async || outbox.receivers().await.unwrap().pop().map(|one| one.filter);
        let a_minute_passes = |delivery: &Delivery| {
            let mut registered = delivery.registered.lock().unwrap();
            registered.as_mut().unwrap().1 -= REGISTRATION_CHECK;
        };
        current.register().await.unwrap();
        former.register().await.unwrap();
        current.register().await.unwrap();
        assert_eq!(in_force().await, Some(narrow), "it is compared each minute");
        a_minute_passes(&current);
        current.register().await.unwrap();
        assert_eq!(in_force().await, Some(EventFilter::All));
        outbox.forget(&name).await.unwrap();
        a_minute_passes(&current);
        current.register().await.unwrap();
        assert_eq!(in_force().await, Some(EventFilter::All), "forgotten while it is delivered to");
    }

    #[tokio::test]
    async fn relay_delivers_only_while_the_clock_is_right() {
        let store = MemoryStore::new();
        let clients = Clients::new(Arc::new(store.clone()), Arc::new(SystemClock), Arc::new(RandomKeys));
        let webhook = webhook(EventFilter::All);
        let outbox: Arc<dyn Outbox> = Arc::new(store.clone());
        let receiver = (&ReceiverName::DEFAULT, &webhook);
        let delivery = Arc::new(Delivery::new(&clients, &outbox, receiver, &RelaySettings::default()));
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
