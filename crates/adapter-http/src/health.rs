//! Whether the process lives, and whether it can answer.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use client_app::{Code, Failure, Operations, Outcome, Reply, Status};
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::api::Shared;
use crate::envelope::{self, refusal};
use crate::panics::caught;

/// How long the storage has to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer is good: nobody needs a token for `/readyz`, so it must not be a way to the database.
const FRESH: Duration = Duration::from_millis(500);

/// Asks the application whether it is ready, one question at a time.
pub(crate) struct Readiness {
    operations: Arc<dyn Operations>,
    last: Mutex<Option<(Instant, Result<(), Failure>)>>,
}

impl Readiness {
    pub(crate) fn new(operations: Arc<dyn Operations>) -> Self {
        Self { operations, last: Mutex::new(None) }
    }

    async fn now(&self) -> Result<(), Failure> {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = match timeout(PATIENCE, caught(self.operations.ready())).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(failure))) if failure.status == Status::Unavailable => Err(failure),
            // Too slow, broken, or failed in a way that is no answer to this question.
            _ => Err(refusal(Code::StoreUnavailable)),
        };
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}

/// `GET /healthz`: the process answers. It asks nothing else, so that a database that is away does not make
/// an orchestrator restart the service.
pub(crate) async fn alive() -> Response {
    envelope::success(&status("Alive.", "alive"))
}

/// `GET /readyz`: requests can be answered now.
pub(crate) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if shared.draining.is_cancelled() {
        return envelope::failure(&refusal(Code::Overloaded));
    }
    match shared.readiness.now().await {
        Ok(()) => envelope::success(&status("Ready.", "ready")),
        Err(failure) => envelope::failure(&failure),
    }
}

fn status(message: &str, status: &str) -> Reply {
    Reply {
        message: message.to_owned(),
        data: json!({ "status": status }),
        version: None,
        outcome: Outcome::Done,
    }
}
