//! The position of the log after a command, with which its caller reads from replicas.

use std::time::Duration;

use client_app::ports::LogPosition;
use client_wire::Operations;
use tokio::time::{Instant, timeout};

/// How long the storage may take to say it.
const LONGEST: Duration = Duration::from_millis(500);
/// How much of the time of the request is left for its answer: the command is done, and a time limit would hide that.
const MARGIN: Duration = Duration::from_millis(250);

/// The position for the answer to a command that was done, whose request ends at `deadline`.
pub(crate) async fn log_position(application: &dyn Operations, deadline: Instant) -> Option<LogPosition> {
    let left = deadline.saturating_duration_since(Instant::now()).saturating_sub(MARGIN);
    timeout(left.min(LONGEST), application.log_position()).await.ok().flatten()
}
