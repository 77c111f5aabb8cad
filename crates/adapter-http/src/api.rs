//! What the adapter needs, and what its parts share.

use std::fmt;
use std::sync::Arc;

use axum::body::Bytes;
use client_wire::Operations;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::admission::Admission;
use crate::admission::shares::Shares;
use crate::auth::TokenVerifier;
use crate::caller_rate::CallerRate;
use crate::health::Probes;
use crate::work::Work;
use crate::{Limits, Metrics};

/// Everything the HTTP adapter is handed by the composition root.
pub struct Api {
    /// The application.
    pub operations: Arc<dyn Operations>,
    /// Who may come in. The composition root keeps its keys fresh.
    pub verifier: Arc<TokenVerifier>,
    /// How much, how many and how long.
    pub limits: Limits,
    /// The `OpenAPI` document, answered on `/openapi.json` and shown on `/docs`.
    pub description: Value,
    /// What `/metrics` answers; see [`Metrics::install`].
    pub metrics: Metrics,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("verifier", &self.verifier)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The state of all handlers.
pub(crate) struct Shared {
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) limits: Limits,
    pub(crate) description: Bytes,
    pub(crate) caller_rate: Option<CallerRate>,
    pub(crate) admission: Admission,
    pub(crate) work: Work,
    /// A place for each body that is larger than most.
    pub(crate) large_bodies: Arc<Semaphore>,
    /// Of these, how many one caller may hold: half of them.
    pub(crate) large_shares: Arc<Shares>,
    pub(crate) probes: Arc<Probes>,
}

impl Shared {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            verifier: api.verifier,
            description: Bytes::from(api.description.to_string()),
            probes: Arc::new(Probes::new(api.operations.clone(), api.metrics, CancellationToken::new())),
            caller_rate: api.limits.requests_per_second_per_caller.map(CallerRate::new),
            admission: Admission::new(&api.limits),
            work: Work::new(api.operations),
            large_bodies: Arc::new(Semaphore::new(api.limits.large_bodies)),
            large_shares: Shares::new((api.limits.large_bodies / 2).max(1)),
            limits: api.limits,
        }
    }
}
