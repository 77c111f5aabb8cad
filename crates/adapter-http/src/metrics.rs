//! Metrics for Prometheus; no label holds personal data.

mod process;

use std::fmt;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use client_wire::Code;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Those of statements, which are shorter than requests.
const STATEMENT_BUCKETS: &[f64] =
    &[0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Those of rounds of background jobs, which may read every client.
const ROUND_BUCKETS: &[f64] = &[0.01, 0.1, 1.0, 10.0, 60.0, 600.0];
/// Upper bounds of the number of members of a batch.
const MEMBER_BUCKETS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

const MISSING_CONTENTS: &str = "kyc_contents_missing_total";

/// The recorder of the process, which collects everything that is counted with the `metrics` crate.
///
/// ```
/// use adapter_http::Metrics;
///
/// let metrics = Metrics::install()?;
/// assert!(metrics.render().contains("kyc_contents_missing_total 0"));
/// assert!(Metrics::install().is_err(), "a process has one recorder");
/// # Ok::<(), adapter_http::MetricsError>(())
/// ```
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

/// The recorder was not installed: the process has one already.
#[derive(Debug, thiserror::Error)]
#[error("the metrics recorder cannot be installed: {0}")]
pub struct MetricsError(#[from] BuildError);

impl Metrics {
    /// Installs the recorder, once per process.
    ///
    /// # Errors
    ///
    /// A process that has a recorder already gets no second one.
    pub fn install() -> Result<Self, MetricsError> {
        let named = |name: &str| Matcher::Full(name.to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets(BUCKETS)?
            .set_buckets_for_metric(named("db_statement_duration_seconds"), STATEMENT_BUCKETS)?
            .set_buckets_for_metric(named("job_duration_seconds"), ROUND_BUCKETS)?
            .set_buckets_for_metric(named("db_batch_members"), MEMBER_BUCKETS)?
            .build_recorder();
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
        describe_counter!(
            "http_handshakes_failed_total",
            "Connections that were closed before their handshake was complete."
        );
        metrics::counter!("http_handshakes_failed_total").increment(0);
        describe_counter!("http_denied_total", "Requests without an acceptable token, by code.");
        describe_counter!("http_refusals_total", "Requests that failed, by the code of each reason.");
        describe_counter!(
            MISSING_CONTENTS,
            "Downloads of documents whose file is not in the storage of files."
        );
        metrics::counter!(MISSING_CONTENTS).increment(0);
        metrics::counter!("http_connections_refused_total").increment(0);
        metrics::counter!("jwks_reload_failures_total").increment(0);
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

    /// Every metric with its current value, in the text format of Prometheus; those of the process are read now.
    pub fn render(&self) -> String {
        let mut text = self.0.render();
        text.push_str(&process::render());
        text
    }

    /// How often [`Self::upkeep`] should be called.
    pub const UPKEEP_EVERY: Duration = Duration::from_secs(5);

    /// Moves recorded latencies into the histograms, so that they do not fill the memory while nothing reads the metrics.
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
pub(crate) async fn metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
}

/// Counts a request that was refused for its token.
pub(crate) fn count_denied(code: Code) {
    metrics::counter!("http_denied_total", "code" => code.name()).increment(1);
}

/// Counts a document whose file is missing.
pub(crate) fn count_missing_content() {
    metrics::counter!(MISSING_CONTENTS).increment(1);
}

/// Counts the reasons why a request failed. Codes are a closed list, so the labels are bounded.
pub(crate) fn count_refusals(codes: &[&'static str]) {
    for code in codes {
        metrics::counter!("http_refusals_total", "code" => *code).increment(1);
    }
}

/// Counts a response and records how long it took.
pub(crate) fn count_response(endpoint: &str, operation: &OperationLabel, status: u16, took: Duration) {
    let labels = [("endpoint", endpoint.to_owned()), ("operation", operation.0.to_string())];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    let [endpoint, operation] = labels;
    let labels = [endpoint, operation, ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
}

/// Adds one to a gauge for as long as it lives.
pub(crate) struct GaugeGuard(metrics::Gauge);

impl GaugeGuard {
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

impl Drop for GaugeGuard {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// The name of an operation as a label: only one that the application knows, because a caller chooses the name, and every
/// new label costs memory for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperationLabel(pub(crate) &'static str);

impl OperationLabel {
    /// The label of a request for no operation that exists.
    pub(crate) const fn unknown() -> Self {
        Self("unknown")
    }
}

impl fmt::Display for OperationLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
