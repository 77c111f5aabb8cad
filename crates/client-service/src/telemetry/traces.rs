//! Traces: spans are sent to a collector by OTLP.

use std::num::{NonZeroU64, NonZeroU128};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, Key, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use trace_context::{Exporter, INNER, ROOT, TraceParent};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::collector_client::{self, CollectorClient};
use crate::config::error::SettingsError;
use crate::config::traces::TraceSettings;

/// The name of the service, where `OTEL_SERVICE_NAME` gives no other.
const SERVICE: &str = "client-service";
/// How long the last spans may take to be sent at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// What sends the spans.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans to the collector of these settings from now on; requests run on `runtime`.
    pub(super) fn start(settings: &TraceSettings, runtime: &Handle) -> Result<Self, SettingsError> {
        let wrong = |why: String| SettingsError(format!("--otlp-endpoint: {why}"));
        let client = CollectorClient::new(settings, runtime.clone()).map_err(|why| wrong(why.to_string()))?;
        let exporter = SpanExporter::builder().with_http().with_http_client(client);
        let exporter = exporter.with_endpoint(settings.address.url()).build();
        let exporter = exporter.map_err(|error| wrong(error.to_string()))?;
        let provider = SdkTracerProvider::builder();
        // A span is made only where the trace was sampled at its root.
        let provider = provider
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(resource())
            .with_batch_exporter(exporter)
            .build();
        trace_context::install(Collector { share: settings.share, trusts_callers: settings.trusts_callers })
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Self(provider))
    }

    /// The layer that makes spans of the collector of our spans: of a root, and of what is below one.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = OpenTelemetryLayer::new(self.0.tracer(SERVICE))
            .with_context_activation(false)
            .with_level(false)
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        let filter = dynamic_filter_fn(|span, context| match span.target() {
            ROOT => true,
            INNER => context.lookup_current().is_some(),
            _ => false,
        });
        let of_traces = |span: &'static tracing::Metadata<'static>| match span.target() {
            ROOT => Interest::always(),
            INNER => Interest::sometimes(),
            _ => Interest::never(),
        };
        layer.with_filter(filter.with_max_level_hint(LevelFilter::DEBUG).with_callsite_filter(of_traces))
    }

    /// Sends what is left.
    pub(super) async fn finish(self) {
        let flushed = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(FLUSH_TIMEOUT)).await;
        if !matches!(flushed, Ok(Ok(()))) {
            tracing::warn!("the last spans were not sent");
        }
    }
}

/// What the spans are of: this program, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` say otherwise, and this
/// instance of it.
fn resource() -> Resource {
    let detected = Resource::builder().build();
    let name = Key::from_static_str("service.name");
    let is_named = detected.get(&name).is_some_and(|name| !name.as_str().starts_with("unknown_service"));
    let mut attributes = vec![
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", format!("{:032x}", fastrand::u128(..))),
    ];
    if !is_named {
        attributes.push(KeyValue::new(name, SERVICE));
    }
    Resource::builder().with_attributes(attributes).build()
}

/// The collector as the adapters see it.
struct Collector {
    /// The share of the traces that begin here and are recorded, from 0 to 1.
    share: f64,
    /// Whether a caller decides if its trace is recorded. Anybody may send the header.
    trusts_callers: bool,
}

impl Exporter for Collector {
    fn samples(&self, parent: Option<TraceParent>) -> bool {
        match parent.filter(|_| self.trusts_callers) {
            Some(parent) => parent.is_sampled,
            None => fastrand::f64() < self.share,
        }
    }

    fn adopt(&self, span: &Span, parent: TraceParent) {
        if !self.trusts_callers {
            return span.add_link(context_of(parent));
        }
        // Only a span that records nothing, or has begun, has no parent.
        let _set = span.set_parent(Context::new().with_remote_span_context(context_of(parent)));
    }

    fn current(&self) -> Option<TraceParent> {
        let context = Span::current().context();
        let context = context.span().span_context().clone();
        Some(TraceParent {
            trace_id: NonZeroU128::new(u128::from_be_bytes(context.trace_id().to_bytes()))?,
            span_id: NonZeroU64::new(u64::from_be_bytes(context.span_id().to_bytes()))?,
            is_sampled: context.is_sampled(),
        })
    }

    fn link(&self, span: &Span, to: TraceParent) {
        span.add_link(context_of(to));
    }
}

fn context_of(parent: TraceParent) -> SpanContext {
    let trace = TraceId::from_bytes(parent.trace_id.get().to_be_bytes());
    let span = SpanId::from_bytes(parent.span_id.get().to_be_bytes());
    let flags = if parent.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    SpanContext::new(trace, span, flags, true, TraceState::default())
}

/// Describes what is counted of traces.
pub(super) fn describe() {
    collector_client::describe();
}
