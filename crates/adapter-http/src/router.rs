//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::api::Shared;
use crate::dispatch::Kind;
use crate::{dispatch, docs, document_content, edge, health, telemetry};

/// Every path behind the edge, which turns the bare 404 and 405 of the router into the envelope.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(Kind::Command.path(), post(dispatch::command))
        .route(Kind::Query.path(), post(dispatch::query))
        .route(document_content::PATH, get(document_content::get).put(document_content::put))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(telemetry::metrics))
        .route("/openapi.json", get(docs::description))
        .route("/openapi-operations.json", get(docs::description_by_operation))
        .merge(docs::pages())
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn(edge::edge))
        .with_state(shared)
}
