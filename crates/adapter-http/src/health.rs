//! Liveness and readiness.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use client_app::{Check, CheckName, CheckState, Readiness};
use client_wire::{Code, Failure, Item, Operations, Outcome, Reply};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::envelope::{self, failure_of};
use crate::metrics::Metrics;
use crate::middleware::panic::catch_panic;

/// How long all checks may take; each check has its own shorter timeout.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long a result is answered again: `/readyz` takes no token, so it must not load the database.
const MAX_AGE: Duration = Duration::from_millis(500);

/// Runs the checks of the application, one run at a time, and keeps the last result.
struct ReadinessCache {
    operations: Arc<dyn Operations>,
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl ReadinessCache {
    fn new(operations: Arc<dyn Operations>) -> Self {
        Self { operations, last: Mutex::new(None) }
    }

    async fn now(&self) -> Readiness {
        let mut last = self.last.lock().await;
        if let Some((at, readiness)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return readiness.clone();
        }
        let readiness = match timeout(TIMEOUT, catch_panic(self.operations.ready())).await {
            Ok(Ok(readiness)) => readiness,
            // A timeout or a panic.
            _ => Readiness::new(vec![
                Check::new(CheckName::Reads, timed_out()),
                Check::new(CheckName::Commands, timed_out()),
            ]),
        };
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

/// The state of the handlers for operators.
pub(crate) struct Probes {
    readiness: ReadinessCache,
    pub(crate) metrics: Metrics,
    /// Cancelled at shutdown; `/readyz` fails from then on.
    pub(crate) draining: CancellationToken,
}

impl Probes {
    pub(crate) fn new(
        operations: Arc<dyn Operations>,
        metrics: Metrics,
        draining: CancellationToken,
    ) -> Self {
        Self { readiness: ReadinessCache::new(operations), metrics, draining }
    }
}

fn timed_out() -> CheckState {
    CheckState::Failed("The check timed out.".to_owned())
}

/// `GET /healthz`: the process answers. It checks nothing else, so that an orchestrator does not restart the service
/// because the database is down.
pub(crate) async fn alive() -> Response {
    envelope::success_response(&reply("Alive.", json!({ "status": "alive" })))
}

/// `GET /readyz`: whether requests can be answered now, with every check. During shutdown it fails without a check.
pub(crate) async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    if probes.draining.is_cancelled() {
        return envelope::failure_response(&failure_of(Code::Overloaded));
    }
    let readiness = probes.readiness.now().await;
    if readiness.is_ready() {
        let checks: Vec<_> = readiness.checks().iter().map(check).collect();
        envelope::success_response(&reply("Ready.", json!({ "status": "ready", "checks": checks })))
    } else {
        envelope::failure_response(&not_ready(&readiness))
    }
}

fn check(check: &Check) -> Value {
    let (name, status) = (check.name.name(), check.state.name());
    match check.state.message() {
        None => json!({ "name": name, "status": status }),
        Some(message) => json!({ "name": name, "status": status, "message": message }),
    }
}

/// One item for each check that failed.
fn not_ready(readiness: &Readiness) -> Failure {
    let mut failure = failure_of(Code::NotReady);
    failure.items = readiness.failed().map(item).collect();
    let causes = readiness.failed().filter_map(|check| check.cause.as_deref());
    failure.cause = Some(causes.collect::<Vec<_>>().join("; ")).filter(|causes| !causes.is_empty());
    failure
}

fn item(check: &Check) -> Item {
    let code = match check.name {
        CheckName::Reads | CheckName::Commands | CheckName::Contents | CheckName::Uploads => {
            Code::StoreUnavailable
        }
        CheckName::Jobs | CheckName::Clock | CheckName::Schema | CheckName::Keys | CheckName::Replication => {
            Code::NotReady
        }
    };
    Item::new(code, check.state.message().unwrap_or_default()).detail("check", check.name.name())
}

fn reply(message: &str, data: Value) -> Reply {
    Reply { message: message.to_owned(), data: data.into(), version: None, outcome: Outcome::Done }
}
