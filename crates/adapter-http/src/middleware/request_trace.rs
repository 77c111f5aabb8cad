//! The span of a request, with which its trace begins or goes on.

use std::num::NonZeroU128;

use axum::http::{HeaderMap, Method};
use client_app::CallerAddress;
use trace_context::TraceParent;
use tracing::field::Empty;
use tracing::{Span, debug_span};

use crate::envelope::LoggedFailure;
use crate::metrics::OperationLabel;
use crate::middleware::method::known_method;

/// The span of a request; it records nothing where the trace is not sampled.
pub(super) struct RequestTrace {
    span: Span,
    trace_id: Option<NonZeroU128>,
}

impl RequestTrace {
    /// Begins the span of a request. The exporter decides whether a caller that sends one `traceparent` is followed.
    pub(super) fn begin(
        headers: &HeaderMap,
        method: &Method,
        route: &str,
        peer: Option<CallerAddress>,
    ) -> Self {
        let parent = parent(headers);
        let known = known_method(method);
        let span = trace_context::root(parent, || {
            debug_span!(
                target: trace_context::ROOT,
                "request",
                otel.name = %format_args!("{} {route}", known.unwrap_or("HTTP")),
                otel.kind = "server",
                http.request.method = known.unwrap_or("_OTHER"),
                http.route = route,
                client.address = peer.map(display),
                http.response.status_code = Empty,
                clients.operation = Empty,
                otel.status_code = Empty,
                "error.type" = Empty,
            )
        });
        let own = if span.is_disabled() { None } else { span.in_scope(trace_context::current) };
        Self { span, trace_id: own.or(parent).map(|context| context.trace_id) }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// The trace that the request belongs to, here or at its caller, as it is written.
    pub(super) fn trace_id(&self) -> Option<String> {
        self.trace_id.map(|id| format!("{id:032x}"))
    }

    /// Records how the request ended.
    pub(super) fn ended(&self, operation: &OperationLabel, status: u16, failed: Option<&LoggedFailure>) {
        if self.span.is_disabled() {
            return;
        }
        self.span.record("http.response.status_code", status);
        self.span.record("clients.operation", operation.0);
        if let Some(code) = failed.and_then(|failed| failed.codes.first()) {
            self.span.record("error.type", code);
        }
        if status >= 500 {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

/// The context of the caller's trace, if there is exactly one and it is well-formed.
fn parent(headers: &HeaderMap) -> Option<TraceParent> {
    let mut sent = headers.get_all(trace_context::HEADER).iter();
    match (sent.next(), sent.next()) {
        (Some(one), None) => TraceParent::parse(one.to_str().ok()?),
        _ => None,
    }
}
