//! The metrics of the outbox: its dead letters and its oldest event.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use client_app::ports::{Clock as _, Outbox, ReceiverName};
use metrics::{Unit, describe_gauge, gauge};

use super::round::Round;
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;

const INTERVAL: Duration = Duration::from_secs(15);
const RECEIVER: &str = "outbox_has_receiver";
const OLDEST: &str = "outbox_oldest_waiting_seconds";

/// Keeps the metrics of the outbox up to date, also where no receiver is set: events wait then until there is one.
///
/// `configured` are the receivers that this process delivers to. Events of another one wait until it is configured again, or
/// forgotten.
pub(crate) fn measure(supervisor: &Supervisor, outbox: Arc<dyn Outbox>, configured: Vec<ReceiverName>) {
    super::delivery::describe();
    describe_gauge!(RECEIVER, "Whether events have a receiver: a webhook is set.");
    gauge!(RECEIVER).set(f64::from(u8::from(!configured.is_empty())));
    describe_gauge!("outbox_dead_letters", "Dead letters that wait for a decision.");
    describe_gauge!(OLDEST, Unit::Seconds, "Age of the oldest event that waits; 0 if none does.");
    let seen = Arc::new(Mutex::new(BTreeSet::from([ReceiverName::DEFAULT])));
    let configured = Arc::new(configured);
    supervisor.start("outbox_backlog", Duration::ZERO, AtStop::Cancel, move || {
        round(outbox.clone(), configured.clone(), seen.clone())
    });
}

/// `seen` are the receivers that have a metric.
#[expect(clippy::cast_precision_loss, reason = "the number of dead letters stays far below 2^52")]
async fn round(
    outbox: Arc<dyn Outbox>,
    configured: Arc<Vec<ReceiverName>>,
    seen: Arc<Mutex<BTreeSet<ReceiverName>>>,
) -> Round {
    let backlogs = outbox.backlog().await;
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    // The last values would hide an outage, and a receiver that was forgotten.
    let is_told = |name: &ReceiverName| backlogs.as_ref().is_ok_and(|all| all.contains_key(name));
    for name in seen.iter().filter(|name| !is_told(name)) {
        gauge!(OLDEST, "receiver" => name.as_str().to_owned()).set(f64::NAN);
        if backlogs.is_ok() {
            gauge!("outbox_dead_letters", "receiver" => name.as_str().to_owned()).set(0.0);
        }
    }
    for (receiver, backlog) in backlogs? {
        let name = receiver.as_str().to_owned();
        gauge!(OLDEST, "receiver" => name.clone()).set(backlog.lag(SystemClock.now()).as_secs_f64());
        gauge!("outbox_dead_letters", "receiver" => name).set(backlog.dead as f64);
        if !configured.is_empty() && !configured.contains(&receiver) && !seen.contains(&receiver) {
            tracing::warn!(
                receiver = receiver.as_str(),
                "events wait for a receiver that is not configured here; if it is gone for good, forget it with \
                 client-service receivers forget"
            );
        }
        seen.insert(receiver);
    }
    Ok(INTERVAL)
}
