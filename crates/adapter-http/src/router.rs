//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::api::Shared;
use crate::health::Probes;
use crate::{dispatch, docs, document_content, edge, health, telemetry};
use client_wire::spec::OperationKind;

/// Every path behind the edge, which turns the bare 404 and 405 of the router into the envelope.
pub(crate) fn router(shared: Arc<Shared>, with_metrics: bool) -> Router {
    let router = Router::new()
        .route(OperationKind::Command.path(), post(dispatch::command))
        .route(OperationKind::Query.path(), post(dispatch::query))
        .route(document_content::PATH, get(document_content::get).put(document_content::put))
        .route("/", get(docs::links))
        .route("/openapi.json", get(docs::description))
        .route("/openapi-operations.json", get(docs::description_by_operation))
        .merge(docs::pages())
        .merge(probes().with_state(shared.probes.clone()));
    let router =
        if with_metrics { router.merge(metrics().with_state(shared.probes.clone())) } else { router };
    behind_the_edge(router).with_state(shared)
}

/// What a listener for operators answers.
pub(crate) fn admin(asked: Arc<Probes>) -> Router {
    behind_the_edge(probes().merge(metrics()).with_state(asked))
}

fn probes() -> Router<Arc<Probes>> {
    Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready))
}

fn metrics() -> Router<Arc<Probes>> {
    Router::new().route("/metrics", get(telemetry::metrics))
}

fn behind_the_edge<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.fallback(|| async { StatusCode::NOT_FOUND }).layer(from_fn(edge::edge))
}
