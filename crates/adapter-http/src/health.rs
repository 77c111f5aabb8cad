//! Whether the process lives, and whether it can answer.

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

use crate::Metrics;
use crate::envelope::{self, refusal};
use crate::panics::caught;

/// How long the checks may take; what is behind them has less.
const DEADLINE: Duration = Duration::from_secs(2);
/// How long an answer is good: `/readyz` takes no token, so it must not be a way to the database.
const FRESH: Duration = Duration::from_millis(500);

/// Asks the application whether it is ready, one question at a time.
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
        if let Some((at, answer)) = &*last
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let readiness = match timeout(DEADLINE, caught(self.operations.ready())).await {
            Ok(Ok(readiness)) => readiness,
            // Too slow or broken.
            _ => Readiness::new(vec![
                Check::new(CheckName::Reads, unanswered()),
                Check::new(CheckName::Commands, unanswered()),
            ]),
        };
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

/// What operators ask of a process: how it is, and its numbers.
pub(crate) struct Probes {
    readiness: ReadinessCache,
    pub(crate) metrics: Metrics,
    /// Cancelled when the process has been told to stop, so that `/readyz` turns red.
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

fn unanswered() -> CheckState {
    CheckState::Failed("The check did not end in time.".to_owned())
}

/// `GET /healthz`: the process answers. It asks nothing else, so that a database that is away does not make
/// an orchestrator restart the service.
pub(crate) async fn alive() -> Response {
    envelope::success(&reply("Alive.", json!({ "status": "alive" })))
}

/// `GET /readyz`: requests can be answered now, with every check. While the service stops it is not asked any more.
pub(crate) async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    if probes.draining.is_cancelled() {
        return envelope::failure(&refusal(Code::Overloaded));
    }
    let readiness = probes.readiness.now().await;
    if readiness.is_ready() {
        let checks: Vec<_> = readiness.checks().iter().map(check).collect();
        envelope::success(&reply("Ready.", json!({ "status": "ready", "checks": checks })))
    } else {
        envelope::failure(&not_ready(&readiness))
    }
}

fn check(check: &Check) -> Value {
    let (name, status) = (check.name.name(), check.state.name());
    match check.state.message() {
        None => json!({ "name": name, "status": status }),
        Some(message) => json!({ "name": name, "status": status, "message": message }),
    }
}

/// One reason for each check that failed.
fn not_ready(readiness: &Readiness) -> Failure {
    let mut failure = refusal(Code::NotReady);
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
        CheckName::Jobs | CheckName::Clock | CheckName::Schema | CheckName::Keys => Code::NotReady,
    };
    Item::new(code, check.state.message().unwrap_or_default()).detail("check", check.name.name())
}

fn reply(message: &str, data: Value) -> Reply {
    Reply { message: message.to_owned(), data, version: None, outcome: Outcome::Done }
}
