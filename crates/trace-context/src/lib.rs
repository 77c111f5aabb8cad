//! Spans of the Clients API, and the context of a trace that requests carry in `traceparent`.
//!
//! Adapters and use cases make spans of `tracing`. Whether a trace is sampled, and which system its spans are sent to, is the
//! [`Exporter`]'s decision, which the program installs. Without one nothing is sampled, and a span costs a comparison.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`ROOT`], [`INNER`] | the targets of spans that begin a trace, and of spans within one |
//! | [`root()`] | the span that begins a trace, if the trace is sampled |
//! | [`current()`] | the context that requests to other systems carry |
//! | [`link()`] | names another trace that a span belongs to as well |
//! | [`TraceParent`] | the header `traceparent` |
//! | [`Exporter`], [`install()`] | what the program brings |

mod exporter;
mod traceparent;

pub use exporter::{Exporter, Installed, current, install, link, root};
pub use traceparent::{HEADER, TraceParent};

/// The target of spans that begin a trace. They are made by [`root()`].
pub const ROOT: &str = "trace::root";
/// The target of spans within a trace. An exporter takes them only below a span of [`ROOT`].
pub const INNER: &str = "trace::inner";
