//! What the program decides about traces.

use std::fmt;
use std::sync::OnceLock;

use tracing::Span;

use crate::traceparent::TraceParent;

static EXPORTER: OnceLock<Box<dyn Exporter>> = OnceLock::new();

/// Samples traces and sends their spans to another system.
pub trait Exporter: Send + Sync {
    /// Whether a trace is recorded that begins here, or goes on here from `parent`.
    fn samples(&self, parent: Option<TraceParent>) -> bool;

    /// Makes `span` a child of a span of another system.
    fn adopt(&self, span: &Span, parent: TraceParent);

    /// The context of the current span, if its trace is recorded.
    fn current(&self) -> Option<TraceParent>;

    /// Links `span` to a span of another trace.
    fn link(&self, span: &Span, to: TraceParent);
}

/// The process has an exporter already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed;

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("traces are exported already")
    }
}

impl std::error::Error for Installed {}

/// Installs the exporter, once per process.
///
/// # Errors
///
/// [`Installed`], where the process has one.
pub fn install(exporter: impl Exporter + 'static) -> Result<(), Installed> {
    EXPORTER.set(Box::new(exporter)).map_err(|_| Installed)
}

/// The span that begins a trace, or goes on with the trace of `parent`: made by `make` with the target
/// [`ROOT`](crate::ROOT) if the trace is sampled, and otherwise one that records nothing.
///
/// ```
/// let span = trace_context::root(None, || tracing::debug_span!(target: trace_context::ROOT, "job"));
/// assert!(span.is_none(), "nothing is sampled without an exporter");
/// ```
pub fn root(parent: Option<TraceParent>, make: impl FnOnce() -> Span) -> Span {
    let Some(exporter) = EXPORTER.get().filter(|exporter| exporter.samples(parent)) else {
        return Span::none();
    };
    let span = make();
    if let Some(parent) = parent {
        exporter.adopt(&span, parent);
    }
    span
}

/// The context of the current span, for a request to another system; none where no trace is recorded.
pub fn current() -> Option<TraceParent> {
    EXPORTER.get()?.current()
}

/// Links `span` to a span of another trace.
pub fn link(span: &Span, to: TraceParent) {
    if let Some(exporter) = EXPORTER.get() {
        exporter.link(span, to);
    }
}
