//! The upkeep of the metrics.

use adapter_http::Metrics;

use super::supervisor::{AtStop, Supervisor};

/// Keeps the histograms small, even if no scraper reads the metrics.
pub(crate) fn upkeep(supervisor: &Supervisor, metrics: &Metrics) {
    let metrics = metrics.clone();
    supervisor.start("metrics_upkeep", Metrics::UPKEEP_EVERY, AtStop::Cancel, move || {
        let metrics = metrics.clone();
        async move {
            metrics.upkeep();
            Ok(Metrics::UPKEEP_EVERY)
        }
    });
}
