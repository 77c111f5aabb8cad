//! Delivery of events to other systems: at least once, and in order for each client and receiver.
//!
//! [`Relay`] does one round at a time: it takes events from the [`Outbox`], delivers them to the [`EventReceiver`] and
//! settles each. Between the rounds it holds only leases, which expire; during a delivery it holds no lock. Any number
//! of relays may work on one outbox: leases use the clock of the storage, so the relays' own clocks may differ.
//!
//! [`PollBackoff`] gives the pause between two rounds, [`RetrySchedule`] the time of an event's next attempt. The caller
//! provides the loop, one for each receiver: this module knows no executor, and no time but that of the [`Clock`].

mod poll_backoff;
mod retry_schedule;
mod round;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use client_domain::value::ClientKey;
use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
pub use poll_backoff::{PollBackoff, PollBackoffSettings};
pub use retry_schedule::RetrySchedule;
pub use round::Round;

use crate::ports::clock::{Clock, to_microseconds};
use crate::ports::error::StoreError;
use crate::ports::outbox::{Outbox, ReceiverName, Settlement, TakenEvent, Verdict};
use crate::ports::receiver::{EventReceiver, Rejection};

/// The limits of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelaySettings {
    /// For how many clients events are delivered concurrently.
    pub concurrent_clients: usize,
    /// The length of a lease. An event that is not settled by then is free for other relays.
    pub lease: Duration,
    /// The maximum duration of one delivery. No delivery begins that could outlast the lease.
    pub max_delivery_time: Duration,
    /// When to retry an event.
    pub retry_schedule: RetrySchedule,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            concurrent_clients: 8,
            lease: Duration::from_mins(2),
            max_delivery_time: Duration::from_secs(15),
            retry_schedule: RetrySchedule::default(),
        }
    }
}

/// Takes events of one receiver from an outbox and delivers them.
pub struct Relay {
    outbox: Arc<dyn Outbox>,
    name: ReceiverName,
    receiver: Arc<dyn EventReceiver>,
    clock: Arc<dyn Clock>,
    settings: RelaySettings,
    stopping: AtomicBool,
    /// By how many microseconds the storage's clock was ahead of ours when the round began.
    behind: AtomicI64,
}

/// The settlements of one client's queue, and their numbers.
#[derive(Default)]
struct QueueResult {
    settlements: Vec<Settlement>,
    round: Round,
}

impl Relay {
    /// A relay from `outbox` to `receiver`, which is the default one.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        receiver: Arc<dyn EventReceiver>,
        clock: Arc<dyn Clock>,
        settings: RelaySettings,
    ) -> Self {
        Self {
            outbox,
            name: ReceiverName::DEFAULT,
            receiver,
            clock,
            settings,
            stopping: AtomicBool::new(false),
            behind: AtomicI64::new(0),
        }
    }

    /// Delivers the events of the receiver with this name instead.
    #[must_use]
    pub fn with_name(mut self, name: ReceiverName) -> Self {
        self.name = name;
        self
    }

    /// Begins no more deliveries. A running round finishes the deliveries that have begun, and releases the other events.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Takes up to `limit` events, delivers them and settles each.
    ///
    /// The events of one client are delivered one after the other, and none after one that failed; clients are handled
    /// concurrently. If a failure concerns the receiver as a whole, no further delivery begins.
    ///
    /// # Errors
    ///
    /// The storage failed. Deliveries that could not be settled are repeated when their lease ends.
    pub async fn round(&self, limit: usize) -> Result<Round, StoreError> {
        self.compare_clocks().await?;
        let now = self.now();
        let until = later(now, self.settings.lease);
        let taken = self.outbox.take(&self.name, limit, now, until).await?;
        let mut round = Round { taken: taken.len(), ..Round::default() };
        let begin_before = until - self.settings.max_delivery_time;
        let circuit_open = AtomicBool::new(false);

        let mut queues = client_queues(taken).into_values();
        let mut running = FuturesUnordered::new();
        let (mut pending, mut settle_error) = (Vec::new(), None);
        loop {
            while running.len() < self.settings.concurrent_clients.max(1)
                && let Some(queue) = queues.next()
            {
                running.push(self.deliver(queue, begin_before, &circuit_open));
            }
            let Some(result) = running.next().await else { break };
            round.add(result.round);
            pending.extend(result.settlements);
            // Queues that have finished meanwhile are settled in the same call.
            while let Some(Some(result)) = running.next().now_or_never() {
                round.add(result.round);
                pending.extend(result.settlements);
            }
            settle_error = self.settle(&mut pending).await.err();
            if settle_error.is_some() {
                circuit_open.store(true, Ordering::Relaxed);
            }
        }
        if settle_error.is_some() {
            self.settle(&mut pending).await?;
        }
        Ok(round)
    }

    /// The time of the clock that leases use.
    fn now(&self) -> Timestamp {
        let behind = SignedDuration::from_micros(self.behind.load(Ordering::Relaxed));
        to_microseconds(self.clock.now().saturating_add(behind).unwrap_or(Timestamp::MAX))
    }

    async fn compare_clocks(&self) -> Result<(), StoreError> {
        let before = self.clock.now();
        if let Some(storage) = self.outbox.lease_time().await? {
            let middle = before + self.clock.now().duration_since(before) / 2;
            let behind = i64::try_from(storage.duration_since(middle).as_micros());
            self.behind.store(behind.unwrap_or_default(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Settles events. After an error the settlements stay in `pending` for the next call.
    async fn settle(&self, pending: &mut Vec<Settlement>) -> Result<(), StoreError> {
        self.outbox.settle(&self.name, pending).await?;
        pending.clear();
        Ok(())
    }

    /// Delivers one client's events in order, up to the first failure.
    async fn deliver(
        &self,
        queue: Vec<TakenEvent>,
        begin_before: Timestamp,
        circuit_open: &AtomicBool,
    ) -> QueueResult {
        let mut result = QueueResult::default();
        let mut goes_on = true;
        for taken in queue {
            goes_on &= !circuit_open.load(Ordering::Relaxed)
                && !self.stopping.load(Ordering::Relaxed)
                && self.now() < begin_before;
            let verdict = if goes_on {
                match self.receiver.deliver(&taken.event).await {
                    Ok(()) => Verdict::Delivered { at: self.now() },
                    Err(rejection) => {
                        goes_on = false;
                        if rejection.why.is_receiver_failure() {
                            circuit_open.store(true, Ordering::Relaxed);
                        }
                        result.round.retry_after = result.round.retry_after.max(rejection.retry_after);
                        self.failed(&taken, rejection)
                    }
                }
            } else {
                Verdict::Released
            };
            result.round.count(verdict);
            result.settlements.push(taken.settle(verdict));
        }
        result
    }

    /// The verdict on an event after one more failed attempt.
    fn failed(&self, taken: &TakenEvent, rejection: Rejection) -> Verdict {
        let (now, why, id) = (self.now(), rejection.why, &taken.event.id);
        let receiver = self.name.as_str();
        let failures = taken.failures.saturating_add(1);
        if let Some(wait) = self.settings.retry_schedule.after(failures, id) {
            tracing::info!(event = id.as_str(), receiver, failures, %why, "an event was not delivered");
            Verdict::Postponed { until: later(now, wait), why }
        } else {
            tracing::warn!(
                event = id.as_str(),
                client = taken.event.client.as_str(),
                receiver,
                failures,
                %why,
                "an event is a dead letter now; later events of its client wait until a person decides"
            );
            Verdict::DeadLettered { at: now, why }
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("name", &self.name)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    to_microseconds(now.checked_add(by).unwrap_or(Timestamp::MAX))
}

/// The events of each client, in order.
fn client_queues(taken: Vec<TakenEvent>) -> BTreeMap<ClientKey, Vec<TakenEvent>> {
    let mut queues: BTreeMap<ClientKey, Vec<TakenEvent>> = BTreeMap::new();
    for event in taken {
        queues.entry(event.event.client.clone()).or_default().push(event);
    }
    queues
}
