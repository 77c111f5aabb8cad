//! What the pool counts and measures, for the recorder of the program.

use std::fmt;
use std::time::Duration;

use metrics::{
    Gauge, Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

const OPEN: &str = "db_pool_open_connections";
const IN_USE: &str = "db_pool_in_use_connections";
const MAX: &str = "db_pool_max_connections";
const WAIT: &str = "db_pool_wait_seconds";
const TIMEOUTS: &str = "db_pool_timeouts_total";
const STATEMENT: &str = "db_statement_duration_seconds";
const FAILURES: &str = "db_statement_failures_total";
const BATCH: &str = "db_batch_members";

/// The gauges of the connections.
pub(super) struct PoolGauges {
    open: Gauge,
    in_use: Gauge,
}

impl PoolGauges {
    /// Describes the metrics, and shows those that a quiet service would not have.
    ///
    /// The connections to a replica have its number as a label; those to the primary have no label.
    pub(super) fn new(max_connections: u32, replica: Option<usize>) -> Self {
        describe_gauge!(OPEN, "Open connections to the database; those that are not in use are idle.");
        describe_gauge!(IN_USE, "Connections to the database that a statement uses.");
        describe_gauge!(MAX, "The largest number of connections to the database (--database-connections).");
        describe_histogram!(WAIT, Unit::Seconds, "How long statements waited that found no free connection.");
        describe_counter!(TIMEOUTS, "Statements that found no free connection in time.");
        describe_histogram!(
            STATEMENT,
            Unit::Seconds,
            "From sending a statement to its last row, by its name."
        );
        describe_counter!(FAILURES, "Statements that failed, by name.");
        describe_histogram!(BATCH, "Members of a batch: commits, or reads by key, that share a statement.");
        counter!(TIMEOUTS).increment(0);
        counter!(FAILURES, "statement" => "search").increment(0);
        drop(histogram!(WAIT));
        let labels: Vec<_> =
            replica.map(|number| Label::new("replica", number.to_string())).into_iter().collect();
        gauge!(MAX, labels.clone()).set(max_connections);
        Self { open: gauge!(OPEN, labels.clone()), in_use: gauge!(IN_USE, labels) }
    }

    /// Counts a connection for as long as it is open.
    pub(super) fn opened(&self) -> Counted {
        Counted::new(self.open.clone())
    }

    /// Counts a connection for as long as a statement uses it.
    pub(super) fn used(&self) -> Counted {
        Counted::new(self.in_use.clone())
    }
}

/// One more, for as long as it lives.
pub(crate) struct Counted(Gauge);

impl Counted {
    fn new(gauge: Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

/// A statement waited for a connection for so long.
pub(super) fn waited(time: Duration, was_in_time: bool) {
    histogram!(WAIT).record(time);
    if !was_in_time {
        counter!(TIMEOUTS).increment(1);
    }
}

/// A statement of this name took so long.
pub(super) fn ran(statement: &'static str, time: Duration, was_done: bool) {
    histogram!(STATEMENT, "statement" => statement).record(time);
    if !was_done {
        counter!(FAILURES, "statement" => statement).increment(1);
    }
}

/// A batch has so many members; `kind` is what they share.
#[expect(clippy::cast_precision_loss, reason = "a batch has at most 64 members")]
pub(crate) fn batched(kind: &'static str, members: usize) {
    histogram!(BATCH, "batch" => kind).record(members as f64);
}
