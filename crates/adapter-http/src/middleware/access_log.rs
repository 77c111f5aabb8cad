//! What every request passes first and every response last: request id, span, panics, envelope, metrics, access log.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use client_app::{CallerAddress, CallerSlot};
use client_domain::ActorId;
use client_wire::{Code, Failure, Status};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::envelope::{self, LoggedFailure, failure_of};
use crate::metrics::{GaugeGuard, OperationLabel, count_refusals, count_response};
use crate::middleware::method::known_method;
use crate::middleware::panic::catch_panic;
use crate::middleware::request_id::{self, X_REQUEST_ID};
use crate::middleware::request_log::RequestLog;
use crate::middleware::request_trace::RequestTrace;
use crate::middleware::{framing, unread_body};

/// Paths that a machine asks every few seconds: they have a line in the log only if they fail.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Gives the request an id, catches its panic, puts every failure into the envelope, and logs and counts the response.
pub(crate) async fn handle(
    State(request_log): State<RequestLog>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let _in_flight = GaugeGuard::request();
    let id = request_id::of(request.headers());
    let endpoint = request.extensions().get::<MatchedPath>().cloned();
    let endpoint = endpoint.as_ref().map_or("unmatched", MatchedPath::as_str);
    let peer = request.extensions().get::<CallerAddress>().copied();
    let span = span(id.as_ref().map_or("", client_app::RequestId::as_str), request.method(), endpoint, peer);
    let trace = span.in_scope(|| RequestTrace::begin(request.headers(), request.method(), endpoint, peer));
    let id_header = id.as_ref().and_then(|id| HeaderValue::from_str(id.as_str()).ok());
    if let Some(id) = id {
        request.extensions_mut().insert(id);
    }
    let caller = CallerSlot::default();
    request.extensions_mut().insert(caller.clone());
    let response =
        catch_panic(respond(request, next)).instrument(trace.span()).instrument(span.clone()).await;
    let response = response.unwrap_or_else(|_| envelope::failure_response(&failure_of(Code::Internal)));
    let mut response = enveloped(response);
    let known_operation = response.extensions_mut().remove::<OperationLabel>();
    let operation = known_operation.unwrap_or_else(OperationLabel::unknown);
    let took = started.elapsed();
    span.in_scope(|| {
        RequestLine {
            log: &request_log,
            operation: known_operation.map_or(endpoint, |operation| operation.0),
            status: response.status().as_u16(),
            failed: response.extensions().get::<LoggedFailure>(),
            caller: caller.get(),
            trace_id: trace.trace_id(),
            took,
        }
        .write();
    });
    let failed = response.extensions().get::<LoggedFailure>();
    trace.ended(&operation, response.status().as_u16(), failed);
    if let Some(failed) = failed {
        count_refusals(&failed.codes);
    }
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
fn span(id: &str, method: &Method, endpoint: &str, peer: Option<CallerAddress>) -> Span {
    let method = known_method(method).unwrap_or("other");
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

/// The line of a request: one, without any value of the request.
struct RequestLine<'a> {
    log: &'a RequestLog,
    /// The name of the command or query; of another request, its path as the router knows it.
    operation: &'a str,
    status: u16,
    failed: Option<&'a LoggedFailure>,
    caller: Option<&'a ActorId>,
    /// The trace that the request belongs to.
    trace_id: Option<String>,
    took: Duration,
}

impl RequestLine<'_> {
    /// Writes the line of a failure at the level of its severity, and that of a success where the log wants all.
    fn write(&self) {
        let (operation, status, trace_id) = (self.operation, self.status, self.trace_id.as_deref());
        let caller = self.log.hashed(self.caller).map(tracing::field::display);
        let latency_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        let is_wanted = self.log.all && !PROBES.contains(&operation);
        let Some(LoggedFailure { status: kind, codes, reason, cause }) = self.failed else {
            if is_wanted {
                tracing::info!(operation, status, caller, trace_id, latency_ms, "request done");
            } else {
                tracing::debug!(operation, status, caller, trace_id, latency_ms, "request done");
            }
            return;
        };
        // Four eyes is a business rule like any other, whatever its status.
        let business = codes.iter().all(|code| *code == Code::FourEyes.name());
        let codes = codes.join(",");
        match kind {
            Status::BadRequest if !is_wanted => {
                tracing::debug!(operation, status, codes, caller, trace_id, latency_ms, "request failed");
            }
            Status::Forbidden if !business => {
                tracing::warn!(
                    operation,
                    status,
                    codes,
                    reason,
                    caller,
                    trace_id,
                    latency_ms,
                    "request failed"
                );
            }
            Status::Internal | Status::Unavailable | Status::UnknownOutcome => {
                tracing::error!(
                    operation,
                    status,
                    codes,
                    cause,
                    caller,
                    trace_id,
                    latency_ms,
                    "request failed"
                );
            }
            // Many bad tokens must not cause many warnings; they are counted as well.
            _ => tracing::info!(
                operation,
                status,
                codes,
                reason,
                caller,
                trace_id,
                latency_ms,
                "request failed"
            ),
        }
    }
}
