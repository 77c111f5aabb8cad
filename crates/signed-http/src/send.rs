//! Sending a request as a part of a trace.

use reqwest::header::HeaderValue;
use reqwest::{RequestBuilder, Response};
use tracing::field::Empty;
use tracing::{Instrument as _, debug_span};

/// Sends a request, in a span of its own, with the context of that span as `traceparent`. Where no trace is recorded it only
/// sends.
///
/// # Errors
///
/// Those of [`RequestBuilder::send`].
pub async fn send(request: RequestBuilder) -> reqwest::Result<Response> {
    let (client, request) = request.build_split();
    let mut request = request?;
    let span = debug_span!(
        target: trace_context::INNER,
        "http_request",
        otel.name = request.method().as_str(),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = request.method().as_str(),
        server.address = request.url().host_str(),
        server.port = request.url().port_or_known_default(),
        http.response.status_code = Empty,
        "error.type" = Empty,
    );
    let context = if span.is_disabled() { None } else { span.in_scope(trace_context::current) };
    if let Some(Ok(context)) = context.map(|context| HeaderValue::from_str(&context.to_string())) {
        request.headers_mut().insert(trace_context::HEADER, context);
    }
    let answer = client.execute(request).instrument(span.clone()).await;
    match &answer {
        Ok(response) => {
            span.record("http.response.status_code", response.status().as_u16());
            if !response.status().is_success() {
                span.record("error.type", response.status().as_str());
                span.record("otel.status_code", "ERROR");
            }
        }
        Err(error) => {
            span.record("error.type", if error.is_timeout() { "timeout" } else { "connection" });
            span.record("otel.status_code", "ERROR");
        }
    }
    answer
}
