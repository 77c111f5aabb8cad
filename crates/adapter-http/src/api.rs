//! What the composition root passes to the adapter.

use std::fmt;
use std::sync::Arc;

use client_wire::Operations;
use serde_json::Value;
use token_verification::TokenVerifier;

use crate::limits::Limits;
use crate::metrics::Metrics;

/// Everything that the HTTP adapter needs, from the composition root.
pub struct Api {
    /// The application.
    pub operations: Arc<dyn Operations>,
    /// Verifies the Bearer token of each request. The composition root reloads its keys.
    pub verifier: Arc<TokenVerifier>,
    /// Limits on sizes, counts, rates and times.
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
