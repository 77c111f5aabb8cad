//! The state that all handlers share.

use std::sync::Arc;

use axum::body::Bytes;
use token_verification::TokenVerifier;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::admission::Admission;
use crate::admission::caller_limit::CallerLimit;
use crate::admission::running_operations::RunningOperations;
use crate::api::Api;
use crate::health::Probes;
use crate::limits::Limits;
use crate::middleware::rate_limit::RateLimit;

/// The state of all handlers.
pub(crate) struct AppState {
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) limits: Limits,
    /// The `OpenAPI` document as it is sent.
    pub(crate) description: Bytes,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) admission: Admission,
    pub(crate) operations: RunningOperations,
    /// A permit for each body longer than [`Limits::body_bytes`].
    pub(crate) large_bodies: Arc<Semaphore>,
    /// How many of these one caller may hold: half of them.
    pub(crate) large_bodies_per_caller: Arc<CallerLimit>,
    pub(crate) probes: Arc<Probes>,
}

impl AppState {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            verifier: api.verifier,
            description: Bytes::from(api.description.to_string()),
            probes: Arc::new(Probes::new(api.operations.clone(), api.metrics, CancellationToken::new())),
            rate_limit: api.limits.requests_per_second_per_caller.map(RateLimit::new),
            admission: Admission::new(&api.limits),
            operations: RunningOperations::new(api.operations),
            large_bodies: Arc::new(Semaphore::new(api.limits.large_bodies)),
            large_bodies_per_caller: CallerLimit::new((api.limits.large_bodies / 2).max(1)),
            limits: api.limits,
        }
    }
}
