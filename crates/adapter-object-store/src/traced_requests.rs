//! Requests to S3 as parts of a trace.

use async_trait::async_trait;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};
use tracing::field::Empty;
use tracing::{Instrument as _, debug_span};

/// Makes the HTTP client of the library one that traces its requests.
#[derive(Debug, Default)]
pub(crate) struct TracedConnector(ReqwestConnector);

impl HttpConnector for TracedConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(TracedRequests(self.0.connect(options)?)))
    }
}

#[derive(Debug)]
struct TracedRequests(HttpClient);

#[async_trait]
impl HttpService for TracedRequests {
    /// Sends a request in a span of its own, with the context of that span as `traceparent`. The request is signed before, and
    /// the signature does not cover the header. The span has no path: it names the document.
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let method = request.method().to_string();
        let span = debug_span!(
            target: trace_context::INNER,
            "http_request",
            otel.name = method,
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            server.address = request.uri().host(),
            server.port = request.uri().port_u16(),
            http.response.status_code = Empty,
            "error.type" = Empty,
        );
        let context = if span.is_disabled() { None } else { span.in_scope(trace_context::current) };
        if let Some(Ok(context)) = context.map(|context| context.to_string().parse()) {
            request.headers_mut().insert(trace_context::HEADER, context);
        }
        let answer = self.0.execute(request).instrument(span.clone()).await;
        let failed = match &answer {
            Ok(response) => {
                let status = response.status();
                span.record("http.response.status_code", status.as_u16());
                // An object that is not there is an answer, and no error.
                status.is_server_error().then(|| status.as_str().to_owned())
            }
            Err(_) => Some("connection".to_owned()),
        };
        if let Some(failed) = failed {
            span.record("error.type", failed);
            span.record("otel.status_code", "ERROR");
        }
        answer
    }
}
