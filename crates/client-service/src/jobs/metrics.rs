//! The upkeep of the metrics.

use adapter_http::Metrics;

use super::Supervisor;
use super::supervisor::AtStop;

/// Keeps the histograms small, also when nothing reads the metrics.
pub(crate) fn upkeep(supervisor: &Supervisor, metrics: &Metrics) {
    let metrics = metrics.clone();
    supervisor.start("metrics_upkeep", Metrics::UPKEEP_EVERY, AtStop::Cut, move || {
        let metrics = metrics.clone();
        async move {
            metrics.upkeep();
            Ok(Metrics::UPKEEP_EVERY)
        }
    });
}
