//! The span of a use case in a trace.

use trace_context::INNER;
use tracing::field::Empty;
use tracing::{Instrument as _, debug_span};

use crate::failure::Failure;

/// Runs the use case of this name in a span of its own; `None` for a name that no operation has.
pub(crate) async fn within<T>(
    name: Option<&'static str>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let name = name.unwrap_or("unknown");
    let span = debug_span!(
        target: INNER,
        "use_case",
        otel.name = name,
        clients.operation = name,
        otel.status_code = Empty,
        "error.type" = Empty,
    );
    let outcome = work.instrument(span.clone()).await;
    if let Err(failure) = &outcome {
        if let Some(reason) = failure.items.first() {
            span.record("error.type", reason.code.name());
        }
        if failure.status.http() >= 500 {
            span.record("otel.status_code", "ERROR");
        }
    }
    outcome
}
