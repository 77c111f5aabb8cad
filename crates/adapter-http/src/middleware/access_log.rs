//! What every request passes first and every response last: request id, span, panics, envelope, metrics, access log.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use client_wire::{Code, Failure, Status};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::envelope::{self, LoggedFailure, failure_of};
use crate::metrics::{GaugeGuard, OperationLabel, count_response};
use crate::middleware::panic::catch_panic;
use crate::middleware::request_id::{self, X_REQUEST_ID};
use crate::middleware::{framing, unread_body};
use crate::server::peer::Peer;

/// Gives the request an id, catches its panic, puts every failure into the envelope, and logs and counts the response.
pub(crate) async fn handle(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let _in_flight = GaugeGuard::request();
    let id = request_id::of(request.headers());
    let endpoint = request.extensions().get::<MatchedPath>().cloned();
    let endpoint = endpoint.as_ref().map_or("unmatched", MatchedPath::as_str);
    let peer = request.extensions().get::<Peer>().copied();
    let span = span(id.as_ref().map_or("", client_app::RequestId::as_str), request.method(), endpoint, peer);
    let id_header = id.as_ref().and_then(|id| HeaderValue::from_str(id.as_str()).ok());
    if let Some(id) = id {
        request.extensions_mut().insert(id);
    }
    let response = catch_panic(respond(request, next)).instrument(span.clone()).await;
    let response = response.unwrap_or_else(|_| envelope::failure_response(&failure_of(Code::Internal)));
    let mut response = enveloped(response);
    let operation =
        response.extensions_mut().remove::<OperationLabel>().unwrap_or_else(OperationLabel::unknown);
    let took = started.elapsed();
    span.in_scope(|| log(response.extensions().get::<LoggedFailure>(), &operation, took));
    count_response(endpoint, &operation, response.status().as_u16(), took);
    let headers = response.headers_mut();
    // Files of the program that never change say so themselves.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(id) = id_header {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// The response of the router, to a request whose framing every server reads alike.
async fn respond(request: Request, next: Next) -> Response {
    match framing::reject(&request) {
        Some(rejected) => rejected,
        None => unread_body::respond_and_discard(request, next).await,
    }
}

/// The span of a request. An unknown method is not logged as the caller wrote it.
fn span(id: &str, method: &Method, endpoint: &str, peer: Option<Peer>) -> Span {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
    ];
    let method = if known.contains(method) { method.as_str() } else { "other" };
    tracing::info_span!(
        "request",
        request_id = id,
        method,
        path = endpoint,
        peer = peer.map(tracing::field::display)
    )
}

/// Puts the envelope around a failure that the router or the documentation pages wrote. A page of the program that says why
/// a request failed stays as it is, and its failure is logged like any other.
fn enveloped(mut response: Response) -> Response {
    let status = response.status();
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        response.extensions_mut().insert(LoggedFailure::of(&failure));
        return response;
    }
    let bare = (status.is_client_error() || status.is_server_error())
        && response.extensions().get::<LoggedFailure>().is_none();
    if !bare {
        return response;
    }
    let mut enveloped = envelope::failure_response(&envelope::failure_of_status(status));
    if let Some(allow) = response.headers().get(ALLOW) {
        enveloped.headers_mut().insert(ALLOW, allow.clone());
    }
    enveloped
}

/// One line for each failure, at the level of its severity, without any value from the request.
fn log(failed: Option<&LoggedFailure>, operation: &OperationLabel, took: Duration) {
    let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let Some(LoggedFailure { status, codes, reason, cause }) = failed else {
        tracing::debug!(%operation, latency_ms, "request done");
        return;
    };
    // Four eyes is a business rule like any other, whatever its status.
    let business = codes.iter().all(|code| *code == Code::FourEyes.name());
    let (http, codes) = (status.http(), codes.join(","));
    match status {
        Status::BadRequest => tracing::debug!(status = http, codes, %operation, latency_ms, "request failed"),
        // Many bad tokens must not cause many warnings; they are counted as well.
        Status::Unauthorized => {
            tracing::info!(status = http, codes, reason, %operation, latency_ms, "request failed");
        }
        Status::Forbidden if !business => {
            tracing::warn!(status = http, codes, reason, %operation, latency_ms, "request failed");
        }
        Status::Internal | Status::Unavailable | Status::UnknownOutcome => {
            tracing::error!(status = http, codes, cause, %operation, latency_ms, "request failed");
        }
        _ => tracing::info!(status = http, codes, %operation, latency_ms, "request failed"),
    }
}
