//! Connections over the limit of their address: each gets a short 503 and is closed; the log says so once a second.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use client_app::RequestId;
use client_wire::Code;
use http_body_util::BodyExt as _;
use metrics::counter;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, sink};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::envelope::{failure_of, failure_response};
use crate::middleware::request_id;

/// Minimum time between two lines in the log.
const LOG_INTERVAL: Duration = Duration::from_secs(1);
/// How many are answered at a time; more are closed without a response.
const MAX_RESPONDING: usize = 32;
/// How long a caller may take to read the response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of a request is read and discarded, so that the close does not reset the connection under its response.
const MAX_DISCARDED_BYTES: u64 = 64 * 1024;

/// Refuses connections, and counts the refusals that were not logged yet.
pub(super) struct RefusedConnections {
    body: Vec<u8>,
    responding: Arc<Semaphore>,
    logged: Option<Instant>,
    unlogged: u64,
}

impl RefusedConnections {
    pub(super) async fn new() -> Self {
        let body = failure_response(&failure_of(Code::Overloaded)).into_body().collect().await;
        Self {
            body: body.map(|body| body.to_bytes().to_vec()).unwrap_or_default(),
            responding: Arc::new(Semaphore::new(MAX_RESPONDING)),
            logged: None,
            unlogged: 0,
        }
    }

    /// Answers 503 and closes the connection in another task, so that the accept loop does not wait. Without a stream it only
    /// counts.
    pub(super) fn refuse(&mut self, stream: Option<TcpStream>, address: IpAddr) {
        counter!("http_connections_refused_total").increment(1);
        self.log(address);
        let Some(mut stream) = stream else { return };
        let Ok(responding) = self.responding.clone().try_acquire_owned() else { return };
        let response = self.response();
        tokio::spawn(async move {
            let _responding = responding;
            let responded = async {
                stream.write_all(&response).await?;
                stream.shutdown().await?;
                tokio::io::copy(&mut stream.take(MAX_DISCARDED_BYTES), &mut sink()).await
            };
            // The connection is closed either way.
            let _ended = timeout(RESPONSE_TIMEOUT, responded).await;
        });
    }

    fn log(&mut self, address: IpAddr) {
        self.unlogged += 1;
        if self.logged.is_some_and(|logged| logged.elapsed() < LOG_INTERVAL) {
            return;
        }
        tracing::warn!(
            %address,
            refused = self.unlogged,
            "connection refused: the address is at --max-connections-per-address, and none of its connections is idle"
        );
        (self.logged, self.unlogged) = (Some(Instant::now()), 0);
    }

    fn response(&self) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
             cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.body.len()
        );
        if let Some(id) = request_id::of(&HeaderMap::new()).as_ref().map(RequestId::as_str) {
            let _ = write!(head, "x-request-id: {id}\r\n");
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}
