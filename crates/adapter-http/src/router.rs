//! Which path leads to which handler.

use std::sync::Arc;

use axum::Router;
use axum::handler::Handler as _;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use client_wire::spec::OperationKind;

use crate::cors::{self, CorsOrigins};
use crate::health::Probes;
use crate::metrics::Metrics;
use crate::middleware::access_log;
use crate::middleware::request_log::RequestLog;
use crate::request::dispatch;
use crate::state::AppState;
use crate::{batch_progress, batches, docs_page, documents, exports, health, metrics, reports};

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
        .route(exports::PATH, post(exports::post))
        .route(reports::PATH, post(reports::post));
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
    let router = router.merge(others.with_state(()));
    let router = match offer.cors {
        // Also the question of a browser before a request to a path that does not exist: its page may read the 404.
        Some(origins) => {
            let router = with_access_log(router.fallback(not_found.layer(origins.layer())), request_log);
            router.layer(from_fn_with_state(origins.clone(), cors::allow_failures))
        }
        None => with_access_log(router.fallback(not_found), request_log),
    };
    router.with_state(state)
}

/// What a listener for operators answers.
pub(crate) fn admin(state: Arc<Probes>) -> Router {
    let metrics = scrape(&state);
    let router = probes().with_state(state).merge(metrics).fallback(not_found);
    with_access_log(router, RequestLog::failures())
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
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
    router.layer(from_fn_with_state(request_log, access_log::handle))
}
