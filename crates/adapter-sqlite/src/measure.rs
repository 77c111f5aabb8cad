//! What the threads measure, for the recorder of the program. The names are those of the other storage.

use std::time::Instant;

use metrics::{Unit, describe_histogram, histogram};
use tracing::{Span, debug_span};

const DURATION: &str = "db_statement_duration_seconds";
const MEMBERS: &str = "db_batch_members";

/// Describes what is measured.
pub(crate) fn describe() {
    describe_histogram!(DURATION, Unit::Seconds, "How long a transaction took, by its kind.");
    describe_histogram!(MEMBERS, "Members of a batch: commits that share a transaction.");
}

/// A transaction of this kind has ended.
pub(crate) fn ran(kind: &'static str, began: Instant) {
    histogram!(DURATION, "statement" => kind).record(began.elapsed());
}

/// A group commit has so many members.
pub(crate) fn batched(members: usize) {
    let members = u32::try_from(members).unwrap_or(u32::MAX);
    histogram!(MEMBERS, "batch" => "commit").record(f64::from(members));
}

/// The span of a transaction of this kind in a trace, as its caller sees it: waiting for its turn is a part of it.
pub(crate) fn span(kind: &'static str) -> Span {
    debug_span!(
        target: trace_context::INNER,
        "statement",
        otel.name = kind,
        otel.kind = "client",
        db.system.name = "sqlite",
        db.operation.name = kind,
    )
}
