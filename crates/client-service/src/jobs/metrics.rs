//! The upkeep of the metrics.

use adapter_http::Metrics;
use metrics::{describe_gauge, gauge};

use super::supervisor::{AtStop, Supervisor};

/// The features that the program was built with.
const FEATURES: &str = match (cfg!(feature = "console"), cfg!(feature = "otlp")) {
    (true, true) => "console,otlp",
    (true, false) => "console",
    (false, true) => "otlp",
    (false, false) => "",
};

/// Keeps the histograms small, even if no scraper reads the metrics, and shows what program this is.
pub(crate) fn upkeep(supervisor: &Supervisor, metrics: &Metrics) {
    describe_gauge!("build_info", "1, with the version of the program and its features.");
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("features", FEATURES)];
    gauge!("build_info", &labels).set(1.0);
    let metrics = metrics.clone();
    supervisor.start("metrics_upkeep", Metrics::UPKEEP_EVERY, AtStop::Cancel, move || {
        let metrics = metrics.clone();
        async move {
            metrics.upkeep();
            Ok(Metrics::UPKEEP_EVERY)
        }
    });
}
