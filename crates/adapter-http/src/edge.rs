//! What every request passes first and every answer last.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use client_wire::{Code, Status};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::envelope::{self, Failed, refusal};
use crate::panics::caught;
use crate::peer::Peer;
use crate::request_id::{self, X_REQUEST_ID};
use crate::telemetry::{Counted, OperationLabel, count_answer};
use crate::{framing, unread};

/// Names the request, stops panics, and sees to it that every answer has the envelope, its headers, one line
/// in the log if it is a failure, and its place in the metrics.
pub(crate) async fn edge(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let _counted = Counted::request();
    let id = request_id::of(request.headers());
    let endpoint = request.extensions().get::<MatchedPath>().cloned();
    let endpoint = endpoint.as_ref().map_or("unmatched", MatchedPath::as_str);
    let peer = request.extensions().get::<Peer>().copied();
    let span = span(id.as_ref().map_or("", client_app::RequestId::as_str), request.method(), endpoint, peer);
    let id_header = id.as_ref().and_then(|id| HeaderValue::from_str(id.as_str()).ok());
    if let Some(id) = id {
        request.extensions_mut().insert(id);
    }
    let answer = caught(answer(request, next)).instrument(span.clone()).await;
    let mut response = enveloped(answer.unwrap_or_else(|_| envelope::failure(&refusal(Code::Internal))));
    let operation =
        response.extensions_mut().remove::<OperationLabel>().unwrap_or_else(OperationLabel::unknown);
    let took = started.elapsed();
    span.in_scope(|| log(response.extensions().get::<Failed>(), &operation, took));
    count_answer(endpoint, &operation, response.status().as_u16(), took);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(id) = id_header {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// What the router answers, to a request that is framed as every server in a row reads it.
async fn answer(request: Request, next: Next) -> Response {
    match framing::refusal(&request) {
        Some(refusal) => refusal,
        None => unread::answer_and_drain(request, next).await,
    }
}

/// A method of the caller's own invention is not written down.
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

/// Puts the envelope around a failure that was written by somebody else.
fn enveloped(response: Response) -> Response {
    let status = response.status();
    let foreign = (status.is_client_error() || status.is_server_error())
        && response.extensions().get::<Failed>().is_none();
    if !foreign {
        return response;
    }
    let mut ours = envelope::failure(&envelope::of_status(status));
    if let Some(allow) = response.headers().get(ALLOW) {
        ours.headers_mut().insert(ALLOW, allow.clone());
    }
    ours
}

/// One line per failure, as loud as it is grave, without anything that came with the request.
fn log(failed: Option<&Failed>, operation: &OperationLabel, took: Duration) {
    let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let Some(Failed { status, codes, reason, cause }) = failed else {
        tracing::debug!(%operation, latency_ms, "done");
        return;
    };
    // The business says no by four eyes as by any other rule, whatever its status.
    let business = codes.iter().all(|code| *code == Code::FourEyes.name());
    let (http, codes) = (status.http(), codes.join(","));
    match status {
        Status::BadRequest => tracing::debug!(status = http, codes, %operation, latency_ms, "not done"),
        // A flood of bad tokens must not be a flood of warnings; they are counted as well.
        Status::Unauthorized => {
            tracing::info!(status = http, codes, reason, %operation, latency_ms, "not done");
        }
        Status::Forbidden if !business => {
            tracing::warn!(status = http, codes, reason, %operation, latency_ms, "not done");
        }
        Status::Internal | Status::Unavailable | Status::UnknownOutcome => {
            tracing::error!(status = http, codes, cause, %operation, latency_ms, "not done");
        }
        _ => tracing::info!(status = http, codes, %operation, latency_ms, "not done"),
    }
}
