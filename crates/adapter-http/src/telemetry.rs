//! Numbers for Prometheus; names, no persons.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use client_wire::Code;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use crate::health::Probes;

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

const MISSING_CONTENTS: &str = "kyc_contents_missing_total";

/// The recorder of the process, which everything that is counted with the `metrics` crate ends up in.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// The recorder could not be installed: there is one already.
#[derive(Debug, thiserror::Error)]
#[error("the metrics recorder cannot be installed: {0}")]
pub struct MetricsError(#[from] BuildError);

impl Metrics {
    /// Installs the recorder; once per process.
    pub fn install() -> Result<Self, MetricsError> {
        let recorder = PrometheusBuilder::new().set_buckets(BUCKETS)?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(BuildError::FailedToSetGlobalRecorder)?;
        describe_counter!(
            "http_requests_total",
            "Requests answered, by endpoint, operation and HTTP status."
        );
        describe_histogram!("http_request_duration_seconds", Unit::Seconds, "From the header to the answer.");
        describe_gauge!("http_requests_in_flight", "Requests being answered.");
        describe_gauge!("http_connections", "Open connections.");
        describe_counter!("http_connections_refused_total", "Connections over the share of their address.");
        describe_counter!("http_denied_total", "Requests without an acceptable token, by code.");
        describe_counter!(
            MISSING_CONTENTS,
            "Downloads of documents whose file is not in the storage of files."
        );
        metrics::counter!(MISSING_CONTENTS).increment(0);
        // Described here, because keys may be read before the recorder is there.
        describe_gauge!(
            "jwks_age_seconds",
            Unit::Seconds,
            "How long ago the keys that verify tokens were last read; of several sources, the oldest."
        );
        describe_counter!(
            "jwks_reload_failures_total",
            "Attempts to read the keys that verify tokens that failed; the old keys stayed in use."
        );
        Ok(Self(handle))
    }

    /// Everything counted so far, as Prometheus reads it.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// How often [`Self::upkeep`] is due.
    pub const UPKEEP_EVERY: Duration = Duration::from_secs(5);

    /// Puts measured latencies into the histograms, which keeps them small when nothing reads the metrics.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// `GET /metrics`.
pub(crate) async fn metrics(State(probes): State<Arc<Probes>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], probes.metrics.render())
}

/// Counts a request that was turned away for its token.
pub(crate) fn count_denied(code: Code) {
    metrics::counter!("http_denied_total", "code" => code.name()).increment(1);
}

/// Counts a document whose file is gone.
pub(crate) fn count_missing_content() {
    metrics::counter!(MISSING_CONTENTS).increment(1);
}

/// Counts an answer and how long it took.
pub(crate) fn count_answer(endpoint: &str, operation: &OperationLabel, status: u16, took: Duration) {
    let labels = [("endpoint", endpoint.to_owned()), ("operation", operation.0.to_string())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    let [endpoint, operation] = labels;
    let labels = [endpoint, operation, ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
}

/// Adds one to a gauge for as long as it lives.
pub(crate) struct Counted(metrics::Gauge);

impl Counted {
    pub(crate) fn request() -> Self {
        Self::new(metrics::gauge!("http_requests_in_flight"))
    }

    pub(crate) fn connection() -> Self {
        Self::new(metrics::gauge!("http_connections"))
    }

    fn new(gauge: metrics::Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The name of an operation that is safe to count by: one that the application knows, because a caller chooses
/// the name, and every new label costs memory for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperationLabel(pub(crate) &'static str);

impl OperationLabel {
    /// Of a request that never got as far as an operation that exists.
    pub(crate) const fn unknown() -> Self {
        Self("unknown")
    }
}

impl fmt::Display for OperationLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
