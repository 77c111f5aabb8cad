//! The requests to the collector, by the HTTP client that the program has.

use std::fmt;

use async_trait::async_trait;
use metrics::{counter, describe_counter};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use signed_http::{Timeouts, TlsUnavailable, reqwest};
use tokio::runtime::Handle;

use crate::config::traces::{TIMEOUTS, TraceSettings};

const EXPORTS: &str = "otlp_exports_total";
const FAILURES: &str = "otlp_export_failures_total";
/// No answer of a collector is longer.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The client. The exporter asks it on a thread of its own, and it sends on the threads of the program.
pub(super) struct CollectorClient {
    client: reqwest::Client,
    runtime: Handle,
}

impl CollectorClient {
    pub(super) fn new(settings: &TraceSettings, runtime: Handle) -> Result<Self, TlsUnavailable> {
        let Timeouts { connect, answer } = TIMEOUTS;
        let client = signed_http::client(&settings.address, Timeouts { connect, answer })?;
        Ok(Self { client, runtime })
    }
}

/// Describes the counters, and shows them from the start.
pub(super) fn describe() {
    describe_counter!(EXPORTS, "Batches of spans that were sent to the collector.");
    describe_counter!(FAILURES, "Batches of spans that the collector did not take.");
    counter!(EXPORTS).increment(0);
    counter!(FAILURES).increment(0);
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { send(&client, request).await }).await;
        let answer = sent.map_err(HttpError::from).flatten();
        match &answer {
            Ok(response) if response.status().is_success() => counter!(EXPORTS).increment(1),
            Ok(_) | Err(_) => counter!(FAILURES).increment(1),
        }
        answer
    }
}

async fn send(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err("the answer of the collector is too long".into());
        }
        body.extend_from_slice(&piece);
    }
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

impl fmt::Debug for CollectorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CollectorClient").finish_non_exhaustive()
    }
}
