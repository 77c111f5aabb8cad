//! The metrics of the outbox: its dead letters and its oldest event.

use std::sync::Arc;
use std::time::Duration;

use client_app::ports::{Clock as _, Outbox};
use metrics::{Unit, describe_gauge, gauge};

use super::round::Round;
use super::supervisor::{AtStop, Supervisor};
use crate::system::SystemClock;

const INTERVAL: Duration = Duration::from_secs(15);
const RECEIVER: &str = "outbox_has_receiver";
const OLDEST: &str = "outbox_oldest_waiting_seconds";

/// Keeps the metrics of the outbox up to date, also where no receiver is set: events wait then until there is one.
pub(crate) fn measure(supervisor: &Supervisor, outbox: Arc<dyn Outbox>, has_receiver: bool) {
    super::delivery::describe();
    describe_gauge!(RECEIVER, "Whether events have a receiver: a webhook is set.");
    gauge!(RECEIVER).set(f64::from(u8::from(has_receiver)));
    describe_gauge!("outbox_dead_letters", "Dead letters that wait for a decision.");
    describe_gauge!(OLDEST, Unit::Seconds, "Age of the oldest event that waits; 0 if none does.");
    supervisor.start("outbox_backlog", Duration::ZERO, AtStop::Cancel, move || round(outbox.clone()));
}

#[expect(clippy::cast_precision_loss, reason = "the number of dead letters stays far below 2^52")]
async fn round(outbox: Arc<dyn Outbox>) -> Round {
    let backlogs = outbox.backlog().await.inspect_err(|_| {
        // The last values would hide the outage.
        gauge!(OLDEST, "receiver" => "default").set(f64::NAN);
    })?;
    for (receiver, backlog) in backlogs {
        let name = receiver.as_str().to_owned();
        let age = backlog.oldest.map_or(0.0, |at| SystemClock.now().duration_since(at).as_secs_f64());
        gauge!(OLDEST, "receiver" => name.clone()).set(age.max(0.0));
        gauge!("outbox_dead_letters", "receiver" => name).set(backlog.dead as f64);
    }
    Ok(INTERVAL)
}
