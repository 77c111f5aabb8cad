//! Which path leads to which handler.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use client_wire::spec::OperationKind;

use crate::cors::CorsOrigins;
use crate::health::Probes;
use crate::metrics::Metrics;
use crate::middleware::access_log;
use crate::middleware::request_log::RequestLog;
use crate::request::dispatch;
use crate::state::AppState;
use crate::{batch_progress, batches, docs_page, documents, exports, health, metrics};

/// What is offered besides.
#[derive(Clone, Copy)]
pub(crate) struct Offer<'a> {
    pub(crate) with_metrics: bool,
    /// Whose pages may use the API from a browser.
    pub(crate) cors: Option<&'a CorsOrigins>,
}

/// Every path of the API and the routes of the program, behind the access log, which turns the bare 404 and 405 of the
/// router into the envelope.
pub(crate) fn router(
    state: Arc<AppState>,
    offer: Offer<'_>,
    others: Router,
    start_page: Option<&'static str>,
    request_log: RequestLog,
) -> Router {
    let api = Router::new()
        .route(OperationKind::Command.path(), post(dispatch::command))
        .route(OperationKind::Query.path(), post(dispatch::query))
        .route(documents::PATH, get(documents::get).put(documents::put))
        .route(batches::CONTENT_PATH, put(batches::put))
        .route(batches::FILE_PATH, get(batches::get))
        .route(batch_progress::PATH, get(batch_progress::get))
        .route(exports::PATH, post(exports::post));
    let api = match offer.cors {
        Some(origins) => api.layer(origins.layer()),
        None => api,
    };
    let router = api
        .route("/", get(move |headers: HeaderMap| async move { docs_page::links(&headers, start_page) }))
        .route("/openapi.json", get(docs_page::description))
        .route("/openapi-operations.json", get(docs_page::description_by_operation))
        .merge(docs_page::pages())
        .merge(probes().with_state(state.probes.clone()));
    let router = if offer.with_metrics { router.merge(scrape(&state.probes)) } else { router };
    with_access_log(router.merge(others.with_state(())), request_log).with_state(state)
}

/// What a listener for operators answers.
pub(crate) fn admin(state: Arc<Probes>) -> Router {
    let metrics = scrape(&state);
    with_access_log(probes().with_state(state).merge(metrics), RequestLog::failures())
}

fn probes() -> Router<Arc<Probes>> {
    Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready))
}

fn scrape<S: Clone + Send + Sync + 'static>(probes: &Probes) -> Router<S> {
    let metrics: Metrics = probes.metrics.clone();
    Router::new().route("/metrics", get(metrics::metrics)).with_state(metrics)
}

fn with_access_log<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    request_log: RequestLog,
) -> Router<S> {
    let access_log = from_fn_with_state(request_log, access_log::handle);
    router.fallback(|| async { StatusCode::NOT_FOUND }).layer(access_log)
}
