//! Telling other systems what happened: at least once, and in order for each client.
//!
//! [`Relay`] does one round at a time: it takes events from the [`Outbox`], tells them to the [`EventReceiver`] and
//! says what became of each. Between the rounds it holds nothing but leases, which end by themselves; nothing is
//! locked while the receiver is spoken to. As many relays as like may work on one outbox: leases are by the clock of the
//! storage, so clocks of relays that differ do not matter.
//!
//! [`Pace`] says how long to rest between two rounds, [`BackOff`] when to try an event again. Whoever runs the relay
//! brings the loop: this module knows no executor and no time but that of the [`Clock`].

mod back_off;
mod pace;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

pub use back_off::BackOff;
use client_domain::value::ClientKey;
use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
pub use pace::{Pace, PaceSettings};

use crate::ports::{
    Clock, EventReceiver, Outbox, Rejection, Settlement, StoreError, TakenEvent, Verdict, to_microseconds,
};

/// The limits of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelaySettings {
    /// How many clients' events are told side by side.
    pub side_by_side: usize,
    /// For how long events are taken. What is not settled by then is free for others.
    pub lease: Duration,
    /// How long one delivery may take at most; none is begun that might outlast the lease.
    pub longest_delivery: Duration,
    /// When to try again.
    pub back_off: BackOff,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            side_by_side: 8,
            lease: Duration::from_mins(2),
            longest_delivery: Duration::from_secs(15),
            back_off: BackOff::default(),
        }
    }
}

/// What came of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many events were taken.
    pub taken: usize,
    /// How many of them were delivered.
    pub delivered: u64,
    /// How many attempts failed.
    pub failed: u64,
    /// How many events became dead letters with that.
    pub buried: u64,
    /// How long the receiver asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// Takes events and tells them.
pub struct Relay {
    outbox: Arc<dyn Outbox>,
    receiver: Arc<dyn EventReceiver>,
    clock: Arc<dyn Clock>,
    settings: RelaySettings,
    stopping: AtomicBool,
    /// By how many microseconds the storage's clock was ahead of ours when the round began.
    behind: AtomicI64,
}

/// What became of the events of one client, and what was heard meanwhile.
#[derive(Default)]
struct Told {
    settlements: Vec<Settlement>,
    round: Round,
}

impl Relay {
    /// A relay from `outbox` to `receiver`.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        receiver: Arc<dyn EventReceiver>,
        clock: Arc<dyn Clock>,
        settings: RelaySettings,
    ) -> Self {
        Self {
            outbox,
            receiver,
            clock,
            settings,
            stopping: AtomicBool::new(false),
            behind: AtomicI64::new(0),
        }
    }

    /// Begins no delivery any more. A round at work ends with those that have begun, and gives the rest back.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Takes up to `limit` events, tells them and says what became of each.
    ///
    /// Each client's events are told one after the other, and after one that failed none of the later ones; clients
    /// are told side by side. As soon as a failure is one of the receiver as a whole, nothing more is begun.
    ///
    /// # Errors
    ///
    /// The storage failed. What was told and could not be noted comes again when its lease ends.
    pub async fn round(&self, limit: usize) -> Result<Round, StoreError> {
        self.compare_clocks().await?;
        let now = self.now();
        let until = later(now, self.settings.lease);
        let taken = self.outbox.take(limit, now, until).await?;
        let mut round = Round { taken: taken.len(), ..Round::default() };
        let begin_before = until - self.settings.longest_delivery;
        let enough = AtomicBool::new(false);

        let mut lanes = lanes(taken).into_values();
        let mut open = FuturesUnordered::new();
        let (mut unsaid, mut trouble) = (Vec::new(), None);
        loop {
            while open.len() < self.settings.side_by_side.max(1)
                && let Some(lane) = lanes.next()
            {
                open.push(self.tell(lane, begin_before, &enough));
            }
            let Some(told) = open.next().await else { break };
            round.add(told, &mut unsaid);
            // Whoever came to an end meanwhile is noted in the same call.
            while let Some(Some(told)) = open.next().now_or_never() {
                round.add(told, &mut unsaid);
            }
            trouble = self.note(&mut unsaid).await.err();
            if trouble.is_some() {
                enough.store(true, Ordering::Relaxed);
            }
        }
        if trouble.is_some() {
            self.note(&mut unsaid).await?;
        }
        Ok(round)
    }

    /// What time it is by the clock that leases go by.
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

    /// Says what became of events; what could not be said is kept for the next time.
    async fn note(&self, unsaid: &mut Vec<Settlement>) -> Result<(), StoreError> {
        self.outbox.settle(unsaid).await?;
        unsaid.clear();
        Ok(())
    }

    /// Tells one client's events in their order, up to the first that is not accepted.
    async fn tell(&self, lane: Vec<TakenEvent>, begin_before: Timestamp, enough: &AtomicBool) -> Told {
        let mut told = Told::default();
        let mut goes_on = true;
        for taken in lane {
            goes_on &= !enough.load(Ordering::Relaxed)
                && !self.stopping.load(Ordering::Relaxed)
                && self.now() < begin_before;
            let verdict = if goes_on {
                match self.receiver.deliver(&taken.event).await {
                    Ok(()) => Verdict::Delivered { at: self.now() },
                    Err(rejection) => {
                        goes_on = false;
                        if rejection.why.is_of_the_receiver() {
                            enough.store(true, Ordering::Relaxed);
                        }
                        told.round.retry_after = told.round.retry_after.max(rejection.retry_after);
                        self.failed(&taken, rejection)
                    }
                }
            } else {
                Verdict::Untried
            };
            told.round.count(verdict);
            told.settlements.push(taken.settle(verdict));
        }
        told
    }

    /// What becomes of an event after one more attempt that failed.
    fn failed(&self, taken: &TakenEvent, rejection: Rejection) -> Verdict {
        let (now, why, id) = (self.now(), rejection.why, &taken.event.id);
        let failures = taken.failures.saturating_add(1);
        if let Some(wait) = self.settings.back_off.after(failures, id) {
            tracing::info!(event = id.as_str(), failures, %why, "an event was not delivered");
            Verdict::Postponed { until: later(now, wait), why }
        } else {
            tracing::warn!(
                event = id.as_str(),
                client = taken.event.client.as_str(),
                failures,
                %why,
                "an event is a dead letter now; the later ones of its client wait until somebody decides"
            );
            Verdict::Buried { at: now, why }
        }
    }
}

impl Round {
    fn add(&mut self, told: Told, unsaid: &mut Vec<Settlement>) {
        unsaid.extend(told.settlements);
        self.delivered += told.round.delivered;
        self.failed += told.round.failed;
        self.buried += told.round.buried;
        self.retry_after = self.retry_after.max(told.round.retry_after);
    }

    const fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Delivered { .. } => self.delivered += 1,
            Verdict::Postponed { .. } => self.failed += 1,
            Verdict::Buried { .. } => {
                self.failed += 1;
                self.buried += 1;
            }
            Verdict::Untried => {}
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    to_microseconds(now.checked_add(by).unwrap_or(Timestamp::MAX))
}

/// Each client's events, in their order.
fn lanes(taken: Vec<TakenEvent>) -> BTreeMap<ClientKey, Vec<TakenEvent>> {
    let mut lanes: BTreeMap<ClientKey, Vec<TakenEvent>> = BTreeMap::new();
    for event in taken {
        lanes.entry(event.event.client.clone()).or_default().push(event);
    }
    lanes
}
